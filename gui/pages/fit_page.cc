#include "gui/pages/fit_page.h"

#include <algorithm>

#include "gui/widgets/size_text.h"
#include "gui/window/text.h"
#include "gui/wizard/fit_parts.h"

namespace disktwin::gui {
namespace {

wxString titleOf(const Disk& disk) {
  return shown(disk.title() + ", " + sizeText(disk.size));
}

}  // namespace

FitPage::FitPage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      intro_(new FlowText(this, "")),
      busy_(new wxGauge(this, wxID_ANY, 100)),
      editor_(new FitEditor(this)),
      error_(new ErrorPanel(this)),
      asker_(this, context) {
  const int gap = FromDIP(8);
  column_->Add(intro_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  column_->Add(busy_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  column_->Add(editor_, wxSizerFlags(1).Expand());
  column_->Add(error_, wxSizerFlags().Expand());
  editor_->Bind(EVT_FIT_CHANGED, [this](wxCommandEvent&) { changed(); });
}

wxString FitPage::title() const {
  return _("How large on the target?");
}

void FitPage::begin() {
  isPlanned_ = false;
}

void FitPage::enter() {
  const std::string now = context_.wizard.fitKey();
  if (now == shownFor_ && isPlanned_) return;
  shownFor_ = now;
  isPlanned_ = false;
  context_.wizard.setFit("auto");
  error_->clear();
  editor_->Hide();
  intro_->Show();
  intro_->setText(_("Asking each filesystem how small it can be..."));
  busy_->Show();
  busy_->Pulse();
  asker_.ask([this](const JobState& state) { heard(state); });
  relayout();
  changed();
}

void FitPage::heard(const JobState& state) {
  busy_->Hide();
  if (state.failure) {
    intro_->setText(_("It cannot be done like this:"));
    error_->showFailure(*state.failure);
  } else {
    isPlanned_ = true;
    showPlan();
  }
  relayout();
  changed();
}

void FitPage::showPlan() {
  const Wizard& wizard = context_.wizard;
  const std::vector<FitPart> parts = fitParts(*wizard.source(), wizard.plan());
  if (parts.empty()) {
    intro_->setText(
        _("There are no partitions whose sizes could be chosen: it is copied as it is."));
    return;
  }
  intro_->Hide();
  FitEditor::Sides sides;
  sides.source = titleOf(*wizard.source());
  sides.sourceSize = wizard.source()->size;
  sides.target = titleOf(*wizard.target());
  editor_->set(Fitting(parts, wizard.plan().room), sides);
  editor_->Show();
}

wxString FitPage::whyNotOn() const {
  if (asker_.isAsking()) return _("The plan is being made");
  if (editor_->IsShown() && editor_->hasErrors()) return _("One of the sizes is not valid");
  if (isPlanned_) return {};
  return context_.wizard.choices().allSectors
             ? _("It cannot be done like this; go back and leave out \"Copy unused space too\"")
             : _("It cannot be done like this; go back and choose another disk");
}

bool FitPage::store() {
  if (!editor_->IsShown()) return true;
  const bool isTaken = editor_->apply();
  context_.wizard.setFit(editor_->fitting().option());
  return isTaken;
}

}  // namespace disktwin::gui
