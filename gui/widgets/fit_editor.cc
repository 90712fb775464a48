#include "gui/widgets/fit_editor.h"

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/intl.h>
#include <wx/sizer.h>
#include <wx/wrapsizer.h>

#include <algorithm>

#include "gui/widgets/accessible.h"
#include "gui/widgets/fit_row.h"
#include "gui/widgets/flow_text.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/words.h"

namespace disktwin::gui {

FitEditor::FitEditor(wxWindow* parent)
    : wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                       wxVSCROLL | wxTAB_TRAVERSAL | wxBORDER_NONE) {
  auto* sizer = new wxBoxSizer(wxVERTICAL);
  addBars(sizer);
  addButtons(sizer);
  table_ = new wxPanel(this);
  sizer->Add(table_, wxSizerFlags().Expand());
  // Between the borders that can be drawn and the bar for scrolling.
  auto* outer = new wxBoxSizer(wxVERTICAL);
  outer->Add(sizer, wxSizerFlags().Expand().Border(wxRIGHT, FromDIP(10)));
  SetSizer(outer);
  SetScrollRate(0, textUnits(this, 4));
  Bind(EVT_SIZE_TYPED, [this](wxCommandEvent& event) {
    if (!hasErrors() && event.GetInt() != FitRow::kNotTaken) refresh();
    tell();
  });
}

FitEditor::~FitEditor() = default;

void FitEditor::addBars(wxSizer* sizer) {
  source_ = new FlowText(this, "", FlowText::Style::Strong);
  before_ = new DiskBar(this);
  target_ = new FlowText(this, "", FlowText::Style::Strong);
  after_ = new FitBar(this, fitting_);
  // Caught there: what others hear of is sent by this window, when all of it shows the same.
  after_->Bind(EVT_FIT_CHANGED, [this](wxCommandEvent&) {
    refresh();
    tell();
  });
  const int gap = FromDIP(6);
  sizer->Add(source_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  sizer->Add(before_, wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(16)));
  sizer->Add(target_, wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(2)));
  sizer->Add(after_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  auto* help =
      new FlowText(this,
                   _("Drag the borders of the lower bar, or type sizes into the table. Nothing is "
                     "written yet."),
                   FlowText::Style::Muted);
  sizer->Add(help, wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(12)));
}

void FitEditor::addButtons(wxSizer* sizer) {
  auto* row = new wxWrapSizer(wxHORIZONTAL, wxREMOVE_LEADING_SPACES);
  const auto flags = wxSizerFlags().Border(wxRIGHT | wxBOTTOM, FromDIP(8));
  const auto add = [&](const wxString& label, const wxString& tip, void (Fitting::*action)()) {
    auto* button = new wxButton(this, wxID_ANY, label);
    button->SetToolTip(tip);
    button->Bind(wxEVT_BUTTON, [this, action](wxCommandEvent&) {
      change([this, action] { (fitting_.*action)(); });
    });
    row->Add(button, flags);
    return button;
  };
  add(_("As &proposed"), _("The sizes that the program proposes."), &Fitting::proposed);
  keep_ = add(_("&Keep sizes"), _("Every partition as large as before."), &Fitting::keep);
  add(_("In p&roportion"), _("Every partition gets its share of the room."),
      &Fitting::proportional);
  all_ = new wxChoice(this, wxID_ANY);
  all_->Bind(wxEVT_CHOICE, [this](wxCommandEvent& event) {
    const auto which = static_cast<std::size_t>(event.GetSelection());
    all_->SetSelection(0);
    if (which == 0 || which > growing_.size()) return;
    change([this, which] { fitting_.allTo(growing_[which - 1]); });
  });
  setAccessibleName(all_, _("Give all the rest to one partition"));
  row->Add(all_, flags);
  sizer->Add(row, wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(8)));
}

void FitEditor::set(const Fitting& fitting, const Sides& sides) {
  fitting_ = fitting;
  source_->setText(wxString::Format(_("Before: %s"), sides.source));
  target_->setText(wxString::Format(_("After: %s"), sides.target));
  before_->setParts(fitBarParts(fitting_, false, sides.sourceSize), _("Partitions before"));
  growing_.clear();
  wxArrayString names;
  names.Add(_("All the rest to..."));
  for (std::size_t i = 0; i < fitting_.parts().size(); ++i) {
    if (!fitting_.parts()[i].canGrow) continue;
    growing_.push_back(i);
    names.Add(fromUtf8(fitting_.parts()[i].title));
  }
  all_->Set(names);
  all_->SetSelection(0);
  all_->Show(!growing_.empty());
  makeTable();
  after_->update();
  keep_->Enable(fitting_.canKeep());
  FitInside();
  Layout();
}

void FitEditor::makeTable() {
  rows_.clear();
  table_->DestroyChildren();
  auto* grid = new wxGridBagSizer(FromDIP(4), FromDIP(20));
  grid->SetEmptyCellSize({0, 0});
  FitRow::addHeadings(table_, grid);
  for (std::size_t i = 0; i < fitting_.parts().size(); ++i) {
    const int gridRow = 1 + static_cast<int>(i) * FitRow::kGridRows;
    rows_.push_back(std::make_unique<FitRow>(table_, grid, gridRow, fitting_, i));
  }
  grid->AddGrowableCol(1, 2);
  grid->AddGrowableCol(2, 1);
  table_->SetSizer(grid);
}

bool FitEditor::apply() {
  return std::ranges::all_of(rows_,
                             [](const std::unique_ptr<FitRow>& row) { return row->apply(); });
}

bool FitEditor::hasErrors() const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [](const std::unique_ptr<FitRow>& row) { return row->isWrong(); });
}

void FitEditor::refresh() {
  after_->update();
  for (const auto& row : rows_) row->update();
}

void FitEditor::tell() {
  wxCommandEvent event(EVT_FIT_CHANGED, GetId());
  event.SetEventObject(this);
  ProcessWindowEvent(event);
}

template <typename Change>
void FitEditor::change(Change&& change) {
  change();
  refresh();
  tell();
}

}  // namespace disktwin::gui
