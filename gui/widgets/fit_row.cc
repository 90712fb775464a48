#include "gui/widgets/fit_row.h"

#include <wx/intl.h>
#include <wx/panel.h>

#include "gui/widgets/accessible.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {

wxDEFINE_EVENT(EVT_SIZE_TYPED, wxCommandEvent);

namespace {

enum Column { kSwatch, kName, kType, kBefore, kAfter, kLeast };

constexpr auto kTimeToRead = std::chrono::milliseconds(700);

// Below the field, from the name on.
constexpr int kWordsSpan = FitRow::kColumns - kName;

}  // namespace

void FitRow::addHeadings(wxWindow* panel, wxGridBagSizer* grid) {
  const wxString names[] = {"",          _("Partition"), _("Contents"),
                            _("Before"), _("After"),     _("At least")};
  for (int column = kName; column <= kLeast; ++column) {
    auto* text = new wxStaticText(panel, wxID_ANY, names[column]);
    text->SetFont(fontFor(TextSize::Small, true));
    text->SetForegroundColour(toColour(palette().muted));
    const bool right = column == kBefore || column == kLeast;
    const int align = right ? wxALIGN_RIGHT : wxALIGN_LEFT;
    grid->Add(text, {0, column}, {1, 1}, wxBOTTOM | align, panel->FromDIP(4));
  }
}

FitRow::FitRow(wxWindow* panel, wxGridBagSizer* grid, int gridRow, Fitting& fitting,
               std::size_t part)
    : panel_(panel), fitting_(fitting), part_(part), gridRow_(gridRow) {
  auto* swatch = new wxWindow(panel, wxID_ANY, wxDefaultPosition,
                              wxSize(panel->FromDIP(6), textUnits(panel, 4)), wxBORDER_NONE);
  swatch->SetBackgroundColour(toColour(coloursOf(contentOf(it().filesystem), isDark()).strip));
  swatch->DisableFocusFromKeyboard();
  grid->Add(swatch, {gridRow, kSwatch}, {1, 1}, wxALIGN_CENTRE_VERTICAL);
  auto* name = addText(grid, kName, fromUtf8(it().title), false);
  name->SetFont(fontFor(TextSize::Normal, true));
  addText(grid, kType, filesystemText(it().filesystem), false);
  addText(grid, kBefore, fromUtf8(shortSizeText(it().before)), true);
  addText(grid, kLeast, fromUtf8(shortSizeText(fitting_.least(part_))), true);
  const bool rigid = !it().canGrow && it().smallest >= it().before;
  if (rigid) {
    fixed_ = addText(grid, kAfter, "", false);
  } else {
    addField(grid);
  }
  words_ = new FlowText(panel, "", FlowText::Style::Small);
  grid->Add(words_, {gridRow + 1, kName}, {1, kWordsSpan}, wxEXPAND | wxBOTTOM, panel->FromDIP(6));
  update();
}

wxStaticText* FitRow::addText(wxGridBagSizer* grid, int column, const wxString& text, bool right) {
  auto* out = new wxStaticText(panel_, wxID_ANY, text);
  out->SetForegroundColour(toColour(palette().text));
  // In a column of fields it stands below what is in them.
  const int indent = column == kAfter ? panel_->FromDIP(10) : 0;
  grid->Add(
      out, {gridRow_, column}, {1, 1},
      wxALIGN_CENTRE_VERTICAL | static_cast<int>(right ? wxALIGN_RIGHT : wxALIGN_LEFT) | wxLEFT,
      indent);
  return out;
}

void FitRow::addField(wxGridBagSizer* grid) {
  field_ =
      new wxTextCtrl(panel_, wxID_ANY, "", wxDefaultPosition, wxDefaultSize, wxTE_PROCESS_ENTER);
  const wxFont font = fontFor(TextSize::Normal);
  field_->SetMinSize(
      {textWidth(panel_, font, "00000.00 GiB") + panel_->FromDIP(24), fieldHeight(panel_)});
  grid->Add(field_, {gridRow_, kAfter}, {1, 1}, wxALIGN_CENTRE_VERTICAL);
  field_->Bind(wxEVT_TEXT_ENTER, &FitRow::onEnter, this);
  field_->Bind(wxEVT_KILL_FOCUS, &FitRow::onLeave, this);
  field_->Bind(wxEVT_TEXT, &FitRow::onText, this);
  setAccessibleName(field_, wxString::Format(_("Size of %s afterwards"), fromUtf8(it().title)));
}

FitRow::~FitRow() {
  if (!field_) return;
  field_->Unbind(wxEVT_TEXT_ENTER, &FitRow::onEnter, this);
  field_->Unbind(wxEVT_KILL_FOCUS, &FitRow::onLeave, this);
  field_->Unbind(wxEVT_TEXT, &FitRow::onText, this);
}

void FitRow::onEnter(wxCommandEvent&) {
  apply();
  field_->SelectAll();
}

void FitRow::onLeave(wxFocusEvent& event) {
  event.Skip();
  if (!apply()) saidAt_ = Clock::now();
}

void FitRow::onText(wxCommandEvent& event) {
  event.Skip();
  // What was wrong may be right now: nothing is held up by what is not there any more.
  if (!isWrong_ || !sizeFrom(std::string(field_->GetValue().utf8_str()))) return;
  isWrong_ = false;
  field_->SetForegroundColour(wxNullColour);
  say("", FlowText::Style::Small);
  wxCommandEvent typed(EVT_SIZE_TYPED, field_->GetId());
  typed.SetEventObject(field_);
  typed.SetInt(kNotTaken);
  field_->ProcessWindowEvent(typed);
}

void FitRow::update() {
  shown_ = fromUtf8(shortSizeText(it().after));
  isWrong_ = false;
  if (fixed_ && fixed_->GetLabel() != shown_) fixed_->SetLabel(shown_);
  if (field_) {
    if (field_->GetValue() != shown_) field_->ChangeValue(shown_);
    field_->SetForegroundColour(wxNullColour);
  }
  say(fromUtf8(it().whyRigid), FlowText::Style::Small);
}

bool FitRow::apply() {
  if (!field_) return true;
  const wxString typed = field_->GetValue();
  // Who clicks on, out of this field, has not read yet that another size was taken.
  const bool isRead = Clock::now() - saidAt_ > kTimeToRead;
  if (typed == shown_ && !isWrong_) return isRead;
  const auto wanted = sizeFrom(std::string(typed.utf8_str()));
  wxString words;
  if (!wanted) {
    isWrong_ = true;
    field_->SetForegroundColour(toColour(palette().danger));
    words = _("This is not a size. Write it like 40 GiB, 40 GB or 512 MiB.");
    say(words, FlowText::Style::Danger);
  } else {
    const std::uint64_t least = fitting_.least(part_);
    const std::uint64_t most = fitting_.most(part_);
    if (typed != shown_) fitting_.resize(part_, *wanted);
    update();
    if (*wanted < least) {
      words =
          wxString::Format(_("It cannot be made smaller than %s."), fromUtf8(shortSizeText(least)));
    } else if (*wanted > most && it().canGrow) {
      words = wxString::Format(
          _("There is room for %s. To make it larger, make another partition smaller first."),
          fromUtf8(shortSizeText(most)));
    } else if (*wanted > most) {
      words =
          wxString::Format(_("It cannot be made larger than %s."), fromUtf8(shortSizeText(most)));
    }
  }
  wxCommandEvent event(EVT_SIZE_TYPED, field_->GetId());
  event.SetEventObject(field_);
  field_->ProcessWindowEvent(event);
  // After the event: whoever gets it shows all rows anew.
  if (wanted && !words.empty()) say(words, FlowText::Style::Warning);
  if (!words.empty()) announce(field_, words);
  return words.empty();
}

void FitRow::say(const wxString& text, FlowText::Style style) {
  words_->setStyle(style);
  words_->setText(text);
  if (words_->IsShown() == !text.empty()) return;
  words_->Show(!text.empty());
  layOutAround(words_);
}

}  // namespace disktwin::gui
