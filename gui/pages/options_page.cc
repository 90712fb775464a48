#include "gui/pages/options_page.h"

#include <wx/filename.h>

#include <algorithm>
#include <cctype>

#include "gui/protocol/json_fields.h"
#include "gui/run/library.h"
#include "gui/run/secret.h"
#include "gui/widgets/accessible.h"
#include "gui/widgets/field.h"
#include "gui/widgets/mnemonic.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/words.h"
#include "gui/window/text.h"
#include "gui/wizard/strength.h"

namespace disktwin::gui {
namespace {

wxString strengthName(int strength) {
  switch (strength) {
    case 0:
      return "";
    case 1:
      return _("weak: guessed within hours");
    case 2:
      return _("fair: keeps a neighbour out");
    case 3:
      return _("good");
    default:
      return _("very good");
  }
}

// As the command line takes it: people write sizes in more ways.
std::string plainSize(const wxTextCtrl& field) {
  const std::string typed = utf8(field.GetValue());
  const auto bytes = sizeFrom(typed);
  if (!bytes) return {};
  const bool isPlain = std::ranges::all_of(typed, [](unsigned char c) { return std::isalnum(c); });
  return isPlain ? typed : std::to_string(*bytes);
}

wxString noteOn(Compression compression) {
  switch (compression) {
    case Compression::Fast:
      return _("For fast disks, or when it has to be done soon. The image is some 10 % larger.");
    case Compression::Balanced:
      return _("Right for most people.");
    case Compression::Small:
      break;
  }
  return _("Takes several times as long. For a slow network, or where room is short.");
}

}  // namespace

OptionsPage::OptionsPage(wxWindow* parent, Context& context) : PageView(parent, context) {
  addCommon();
  addImageChoices();
  addMore();
}

void OptionsPage::addCommon() {
  const int gap = FromDIP(8);
  verify_ = new wxCheckBox(this, wxID_ANY, _("&Verify: read everything back when it is written"));
  verifyNote_ =
      new FlowText(this, _("Takes about as long again, and proves that the copy is good."),
                   FlowText::Style::Muted);
  column_->Add(verify_);
  column_->Add(verifyNote_, wxSizerFlags().Expand().Border(wxLEFT, besideMark()));
  column_->AddSpacer(gap);
}

int OptionsPage::besideMark() const {
  return textUnits(this, 4) + FromDIP(7);
}

void OptionsPage::addImageChoices() {
  const int gap = FromDIP(8);
  compressionLabel_ = new wxStaticText(this, wxID_ANY, _("&Compression:"));
  compression_ = new wxChoice(this, wxID_ANY);
  setAccessibleName(compression_, _("Compression"));
  compression_->SetMinSize(wxSize(-1, fieldHeight(this)));
  compression_->Append(_("Fast"));
  compression_->Append(_("Balanced"));
  compression_->Append(_("Small"));
  compressionNote_ = new FlowText(this, "", FlowText::Style::Muted);
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(compressionLabel_, wxSizerFlags().CentreVertical().Border(wxRIGHT, gap));
  row->Add(compression_);
  column_->Add(row);
  column_->Add(compressionNote_, wxSizerFlags().Expand().Border(wxTOP, gap));
  compression_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) {
    compressionNote_->setText(noteOn(static_cast<Compression>(compression_->GetSelection())));
    relayout();
  });

  encrypt_ = new wxCheckBox(this, wxID_ANY, _("&Encrypt the image with a passphrase"));
  secret_ = new wxPanel(this);
  auto* grid = new wxFlexGridSizer(2, gap, gap);
  grid->AddGrowableCol(1);
  const auto field = [&](const wxString& label) {
    grid->Add(new wxStaticText(secret_, wxID_ANY, label), wxSizerFlags().CentreVertical());
    auto* text = newField(secret_, label, wxTE_PASSWORD);
    grid->Add(text, wxSizerFlags(1).Expand());
    text->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { showStrength(); });
    return text;
  };
  first_ = field(_("&Passphrase:"));
  second_ = field(_("The same &once more:"));
  strength_ = new wxGauge(secret_, wxID_ANY, 4);
  setAccessibleName(strength_, _("Strength"));
  strengthText_ = new wxStaticText(secret_, wxID_ANY, "");
  grid->Add(new wxStaticText(secret_, wxID_ANY, _("Strength:")), wxSizerFlags().CentreVertical());
  grid->Add(strength_, wxSizerFlags(1).Expand());
  grid->AddSpacer(0);
  grid->Add(strengthText_);
  auto* secret = new wxBoxSizer(wxVERTICAL);
  secret->Add(grid, wxSizerFlags().Expand());
  secret->Add(new FlowText(secret_,
                           _("Whoever loses the passphrase has lost the image: nobody can "
                             "open it without."),
                           FlowText::Style::Warning),
              wxSizerFlags().Expand().Border(wxTOP, gap));
  secret_->SetSizer(secret);
  column_->Add(encrypt_, wxSizerFlags().Border(wxTOP, 2 * gap));
  column_->Add(secret_, wxSizerFlags().Expand().Border(wxLEFT | wxTOP, besideMark()));
  chainNote_ = new FlowText(
      this, _("The image that it builds on is encrypted: this one gets the same passphrase."),
      FlowText::Style::Muted);
  column_->Add(chainNote_, wxSizerFlags().Expand().Border(wxLEFT, besideMark()));
  encrypt_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { showSecret(); });
}

wxTextCtrl* OptionsPage::labelled(wxWindow* parent, wxSizer* sizer, const wxString& label,
                                  const wxString& hint, std::vector<wxWindow*>* group) {
  auto* text = new wxStaticText(parent, wxID_ANY, label);
  auto* control = newField(parent, label);
  control->SetHint(hint);
  sizer->Add(text, wxSizerFlags().CentreVertical());
  sizer->Add(control, wxSizerFlags(1).Expand());
  if (group) group->insert(group->end(), {text, control});
  return control;
}

void OptionsPage::addMore() {
  const int gap = FromDIP(8);
  more_ = new wxToggleButton(this, wxID_ANY, _("&More"));
  wxPanel* const pane = morePane_ = new wxPanel(this);
  auto* column = new wxBoxSizer(wxVERTICAL);
  const auto check = [&](const wxString& label) {
    auto* box = new wxCheckBox(pane, wxID_ANY, label);
    column->Add(box, wxSizerFlags().Border(wxBOTTOM, gap));
    return box;
  };
  newIds_ = new wxCheckBox(pane, wxID_ANY, _("Give the copy i&dentifiers of its own"));
  column->Add(newIds_);
  newIdsNote_ = new FlowText(pane, _("So that both disks can be used in one machine."),
                             FlowText::Style::Muted);
  column->Add(newIdsNote_, wxSizerFlags().Expand().Border(wxLEFT, besideMark()));
  column->AddSpacer(gap);
  allSectors_ = check(_("Copy &unused space too"));
  salvage_ = check(_("Rescue what is &whole of a damaged image"));
  pageFiles_ = check(_("Leave out page &files and hibernation files"));
  nice_ = check(_("Let other programs &go first"));
  shutDown_ = check(_("&Shut down when done"));
  partitionsLabel_ = new wxStaticText(pane, wxID_ANY, _("Pa&rtitions:"));
  partitions_ = new wxCheckListBox(pane, wxID_ANY);
  setAccessibleName(partitions_, _("Partitions"));
  leadTo(partitionsLabel_, partitions_);
  partitions_->Bind(wxEVT_CHECKLISTBOX, [this](wxCommandEvent&) { changed(); });
  column->Add(partitionsLabel_);
  column->Add(partitions_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  auto* grid = new wxFlexGridSizer(2, gap, gap);
  grid->AddGrowableCol(1);
  limit_ =
      labelled(pane, grid, _("Speed &limit, per second:"), _("50M; empty: as fast as it goes"));
  split_ = labelled(pane, grid, _("In files of &at most:"), _("4G; empty: one file"), &ofImages_);
  comment_ = labelled(pane, grid, _("Commen&t:"), "", &ofImages_);
  parentLabel_ = new wxStaticText(pane, wxID_ANY, _("Only what has changed since this &image:"));
  parent_ = new wxFilePickerCtrl(
      pane, wxID_ANY, "", _("Choose the earlier image"), _("Images (*.zst)|*.zst|All files (*)|*"),
      wxDefaultPosition, wxDefaultSize, wxFLP_OPEN | wxFLP_FILE_MUST_EXIST | wxFLP_USE_TEXTCTRL);
  setAccessibleName(parent_->GetTextCtrl(), _("Only what has changed since this image"));
  grid->Add(parentLabel_, wxSizerFlags().CentreVertical());
  grid->Add(parent_, wxSizerFlags(1).Expand());
  ofImages_.insert(ofImages_.end(), {parentLabel_, parent_});
  column->Add(grid, wxSizerFlags().Expand());
  pane->SetSizer(column);
  column_->Add(more_, wxSizerFlags().Border(wxTOP, 2 * gap));
  column_->Add(pane, wxSizerFlags().Expand().Border(wxTOP, gap));
  pane->Hide();
  more_->Bind(wxEVT_TOGGLEBUTTON, [this](wxCommandEvent&) {
    morePane_->Show(more_->GetValue());
    relayout();
  });
  parent_->Bind(wxEVT_FILEPICKER_CHANGED, [this](wxFileDirPickerEvent&) { lookAtParent(); });
  for (wxTextCtrl* text : {limit_, split_}) {
    text->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { changed(); });
  }
}

// A chain of images has one passphrase, so a new one would be asked for in vain.
void OptionsPage::showSecret() {
  const bool isSave = context_.wizard.task() == Task::Save;
  const bool isChain = isSave && isParentEncrypted_;
  if (isChain) encrypt_->SetValue(true);
  encrypt_->Enable(!isChain);
  secret_->Show(isSave && encrypt_->GetValue() && !isChain);
  chainNote_->Show(isChain);
  relayout();
  changed();
}

void OptionsPage::lookAtParent() {
  const std::string path = utf8(parent_->GetPath());
  if (path == parentLookedAt_) return;
  parentLookedAt_ = path;
  isParentEncrypted_ = false;
  lookingAtParent_.reset();
  if (imageExists(path)) {
    lookingAtParent_ = context_.engine.ask({"show", path}, false, [this](const JobState& state) {
      const std::shared_ptr<Running> now = lookingAtParent_;
      if (!now || &now->state() != &state) return;
      // Whether it is encrypted is known without its passphrase.
      if (!state.wantsPassphrase && !isOver(state.status)) return;
      isParentEncrypted_ = state.wantsPassphrase || flagOf(state.image, "encrypted");
      lookingAtParent_.reset();
      showSecret();
    });
  }
  showSecret();
}

void OptionsPage::begin() {
  for (wxTextCtrl* field : {first_, second_}) field->ChangeValue("");
  more_->SetValue(false);
  morePane_->Hide();
  parentLookedAt_.clear();
  isParentEncrypted_ = false;
}

void OptionsPage::leave() {
  lookingAtParent_.reset();
}

wxString OptionsPage::title() const {
  return _("How is it to be done?");
}

void OptionsPage::showFor(Task task) {
  const bool isSave = task == Task::Save;
  for (wxWindow* part : ofImages_) part->Show(isSave);
  for (wxWindow* part : std::initializer_list<wxWindow*>{compressionLabel_, compression_,
                                                         compressionNote_, encrypt_, pageFiles_}) {
    part->Show(isSave);
  }
  salvage_->Show(task == Task::Restore);
  newIds_->Show(!isSave);
  newIdsNote_->Show(!isSave);
  allSectors_->Show(task == Task::Clone || isSave);
}

void OptionsPage::enter() {
  const Choices& choices = context_.wizard.choices();
  verify_->SetValue(choices.verify);
  compression_->SetSelection(static_cast<int>(choices.compression));
  compressionNote_->setText(noteOn(choices.compression));
  encrypt_->SetValue(choices.encrypt);
  newIds_->SetValue(choices.newIds);
  allSectors_->SetValue(choices.allSectors);
  salvage_->SetValue(choices.salvage);
  pageFiles_->SetValue(choices.leaveOutPageFiles);
  nice_->SetValue(choices.nice);
  shutDown_->SetValue(choices.shutDown);
  split_->ChangeValue(shown(choices.split));
  comment_->ChangeValue(shown(choices.comment));
  limit_->ChangeValue(shown(choices.limit));
  parent_->SetPath(shown(choices.parent));
  // What was chosen elsewhere is not hidden.
  if (!choices.parent.empty() && !more_->GetValue()) {
    more_->SetValue(true);
    morePane_->Show();
  }
  showPartitions();
  showFor(context_.wizard.task());
  lookAtParent();
  showSecret();
  morePane_->Layout();
  relayout();
  showStrength();
}

void OptionsPage::showPartitions() {
  partitions_->Clear();
  const auto& source = context_.wizard.source();
  const auto& chosen = context_.wizard.choices().partitions;
  const bool hasChoice =
      source && context_.wizard.task() != Task::MoveSystem && source->partitions.size() > 1;
  partitionsLabel_->Show(hasChoice);
  partitions_->Show(hasChoice);
  if (!hasChoice) return;
  for (const Partition& part : source->partitions) {
    const int row = partitions_->Append(
        wxString::Format("%u  %s  %s  %s", part.number, partitionTitle(part),
                         filesystemText(part.filesystem), shown(sizeText(part.size))));
    partitions_->Check(static_cast<unsigned>(row), chosen.empty() || chosen.contains(part.number));
  }
}

std::string OptionsPage::passphrase() const {
  const wxString first = first_->GetValue();
  return first == second_->GetValue() ? utf8(first) : "";
}

void OptionsPage::showStrength() {
  const int strength = passphraseStrength(utf8(first_->GetValue()));
  strength_->SetValue(strength);
  strengthText_->SetLabel(strengthName(strength));
  changed();
}

wxString OptionsPage::whyNotOn() const {
  if (lookingAtParent_) return _("It is being looked at");
  if (secret_->IsShown()) {
    if (first_->GetValue().empty()) return _("Type a passphrase");
    if (second_->GetValue().empty()) return _("Type the passphrase a second time");
    if (first_->GetValue() != second_->GetValue()) return _("The two passphrases differ");
  }
  for (const wxTextCtrl* text : {limit_, split_}) {
    const wxString value = text->GetValue();
    if (!value.empty() && !sizeFrom(utf8(value))) {
      return wxString::Format(_("'%s' is no size; write it as in 50M or 4G"), value);
    }
  }
  const auto& source = context_.wizard.source();
  if (partitions_->IsShown() && source && !source->partitions.empty()) {
    wxArrayInt checked;
    if (partitions_->GetCheckedItems(checked) == 0) return _("Choose at least one partition");
  }
  return "";
}

bool OptionsPage::store() {
  Choices& choices = context_.wizard.choices();
  choices.verify = verify_->GetValue();
  choices.compression = static_cast<Compression>(std::max(0, compression_->GetSelection()));
  choices.encrypt = context_.wizard.task() == Task::Save && encrypt_->GetValue();
  wipe(choices.passphrase);
  if (secret_->IsShown()) choices.passphrase = passphrase();
  choices.newIds = newIds_->GetValue();
  choices.allSectors = allSectors_->GetValue();
  choices.salvage = salvage_->GetValue();
  choices.leaveOutPageFiles = pageFiles_->GetValue();
  choices.nice = nice_->GetValue();
  choices.shutDown = shutDown_->GetValue();
  choices.split = plainSize(*split_);
  choices.comment = utf8(comment_->GetValue());
  choices.limit = plainSize(*limit_);
  wxFileName parent(parent_->GetPath());
  if (parent.IsOk()) parent.MakeAbsolute();
  choices.parent = utf8(parent.GetFullPath());
  context_.wizard.setPartitions(chosenPartitions());
  return true;
}

std::set<std::uint32_t> OptionsPage::chosenPartitions() const {
  std::set<std::uint32_t> out;
  const auto& source = context_.wizard.source();
  if (!partitions_->IsShown() || !source) return out;
  for (unsigned i = 0; i < partitions_->GetCount() && i < source->partitions.size(); ++i) {
    if (partitions_->IsChecked(i)) out.insert(source->partitions[i].number);
  }
  if (out.size() == source->partitions.size()) out.clear();
  return out;
}

}  // namespace disktwin::gui
