#include "gui/pages/summary_page.h"

#include <algorithm>

#include "gui/widgets/accessible.h"
#include "gui/widgets/clipboard.h"
#include "gui/widgets/field.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/words.h"
#include "gui/window/text.h"
#include "gui/wizard/estimate.h"

namespace disktwin::gui {
namespace {

wxString bulleted(const std::vector<std::string>& lines) {
  wxString out;
  for (const std::string& line : lines) {
    out +=
        (out.empty() ? wxString() : wxString("\n")) + wxString::FromUTF8("\u2022 ") + shown(line);
  }
  return out;
}

wxString described(const Disk& disk) {
  wxString out = shown(disk.kind == DiskKind::File ? disk.path : disk.shortName());
  if (!disk.model.empty() && disk.kind == DiskKind::Disk) out += ", " + shown(disk.model);
  if (!disk.serial.empty() && disk.kind == DiskKind::Disk) {
    out += ", " + wxString::Format(_("serial number %s"), shown(disk.serial));
  }
  if (disk.size != 0) out += ", " + shown(sizeText(disk.size));
  return out;
}

wxString startVerdict(const Plan& plan) {
  const bool starts = std::ranges::any_of(plan.firmware, &FirmwareWay::starts);
  if (!starts) return _("No: there is nothing on it that a machine would start from.");
  if (!plan.bootProblems.empty()) return _("Perhaps not: see what stands below.");
  return _("Yes: nothing was found that would stop it.");
}

}  // namespace

SummaryPage::SummaryPage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      intro_(new FlowText(this, "")),
      busy_(new wxGauge(this, wxID_ANY, 100)),
      error_(new ErrorPanel(this)),
      facts_(new wxPanel(this)),
      factsColumn_(new wxBoxSizer(wxVERTICAL)),
      command_(new wxTextCtrl(this, wxID_ANY, "", wxDefaultPosition, wxDefaultSize,
                              wxTE_READONLY | wxTE_MULTILINE)),
      copy_(new wxButton(this, wxID_ANY, _("&Copy command line"))),
      start_(new wxPanel(this)),
      typeLabel_(new FlowText(start_, "")),
      typed_(newField(start_, _("Name of the target"))),
      startTyped_(new wxButton(start_, wxID_ANY, _("&Start"))),
      hold_(new HoldButton(start_, _("Hold to start"))),
      asker_(this, context) {
  const int gap = FromDIP(8);
  facts_->SetSizer(factsColumn_);
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(typed_, wxSizerFlags(1).CentreVertical());
  row->Add(startTyped_, wxSizerFlags().CentreVertical().Border(wxLEFT, gap));
  row->Add(hold_, wxSizerFlags().CentreVertical().Border(wxLEFT, 2 * gap));
  auto* command = new wxBoxSizer(wxHORIZONTAL);
  command->Add(command_, wxSizerFlags(1).Expand());
  command->Add(copy_, wxSizerFlags().Border(wxLEFT, gap));
  auto* start = new wxBoxSizer(wxVERTICAL);
  start->Add(typeLabel_, wxSizerFlags().Expand().Border(wxBOTTOM, gap / 2));
  start->Add(row, wxSizerFlags().Expand());
  start_->SetSizer(start);
  column_->Add(intro_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  column_->Add(busy_, wxSizerFlags().Expand().Border(wxBOTTOM, gap));
  column_->Add(error_, wxSizerFlags().Expand());
  column_->Add(facts_, wxSizerFlags().Expand());
  column_->Add(command, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(start_, wxSizerFlags().Expand().Border(wxTOP, gap));
  command_->SetMinSize(wxSize(-1, 3 * GetCharHeight()));
  copy_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { copyText(command_->GetValue()); });
  setAccessibleName(command_, _("Command line"));
  typed_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { showStart(); });
  startTyped_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (onNext) onNext();
  });
  hold_->Bind(EVT_HELD, [this](wxCommandEvent&) {
    if (onNext) onNext();
  });
}

wxString SummaryPage::title() const {
  return _("Check before it starts");
}

void SummaryPage::enter() {
  error_->clear();
  for (wxWindow* part : std::initializer_list<wxWindow*>{facts_, command_, copy_, start_}) {
    part->Hide();
  }
  intro_->setText(_("Making the plan; nothing is written yet..."));
  busy_->Show();
  busy_->Pulse();
  context_.wizard.setPlan({});
  asker_.ask([this](const JobState& state) { heard(state); });
  relayout();
  changed();
}

void SummaryPage::heard(const JobState& state) {
  busy_->Hide();
  if (state.failure) {
    intro_->setText(_("It cannot be done like this. Nothing was written."));
    error_->showFailure(*state.failure);
  } else {
    intro_->setText(_("Nothing has been written yet."));
    showPlan();
  }
  relayout();
  changed();
}

void SummaryPage::section(const wxString& heading, const wxString& text, bool isDanger) {
  if (text.empty()) return;
  auto* title = new FlowText(facts_, heading,
                             isDanger ? FlowText::Style::DangerHeading : FlowText::Style::Heading);
  factsColumn_->Add(title, wxSizerFlags().Expand().Border(wxTOP, FromDIP(8)));
  factsColumn_->Add(new FlowText(facts_, text), wxSizerFlags().Expand());
}

wxString SummaryPage::willBeRead() const {
  const Plan& plan = context_.wizard.plan();
  wxString out = described(plan.source) + "\n" +
                 wxString::Format(plan.bytesToRead < plan.source.size
                                      ? _("%s are copied: no more of it is in use.")
                                      : _("%s are copied."),
                                  shown(sizeText(plan.bytesToRead)));
  const std::string& parent = context_.wizard.choices().parent;
  if (context_.wizard.task() == Task::Save && !parent.empty()) {
    out +=
        "\n" + wxString::Format(_("Only what has changed since %s is saved; that image has to be "
                                  "kept as well."),
                                shown(parent));
  }
  return out;
}

wxString SummaryPage::willBeLost() const {
  const Wizard& wizard = context_.wizard;
  const Plan& plan = wizard.plan();
  if (wizard.task() == Task::Save || plan.target.isNew) return "";
  // What the plan is for, not what was chosen: between the two somebody may have changed disks.
  wxString out = wxString::Format(_("Everything on %s."), described(plan.target));
  if (!plan.willBeLost.empty()) out += "\n" + bulleted(plan.willBeLost);
  return out;
}

wxString SummaryPage::howLong() const {
  const Wizard& wizard = context_.wizard;
  const Disk* target = wizard.target() ? &*wizard.target() : nullptr;
  const Estimate time = estimate(wizard.plan(), *wizard.source(), target, wizard.choices(),
                                 sizeFrom(wizard.choices().limit).value_or(0));
  const wxString least = durationText(time.least);
  const wxString most = durationText(time.most);
  return least == most
             ? least
             : wxString::Format(_("Between %s and %s, by the kinds of disks."), least, most);
}

wxString SummaryPage::wouldStart() const {
  const Plan& plan = context_.wizard.plan();
  if (plan.firmware.empty()) return "";
  wxString out = startVerdict(plan) + "\n";
  for (const FirmwareWay& way : plan.firmware) {
    out += wxString::Format(
               way.starts ? _("%s: starts by %s.") : _("%s: finds nothing to start (%s)."),
               shown(way.firmware), shown(way.how)) +
           "\n";
  }
  std::vector<std::string> more = plan.bootUses;
  more.insert(more.end(), plan.bootProblems.begin(), plan.bootProblems.end());
  return (out + bulleted(more)).Trim();
}

void SummaryPage::showPlan() {
  const Wizard& wizard = context_.wizard;
  factsColumn_->Clear(true);
  section(_("Will be read"), willBeRead());
  section(_("Will be LOST"), willBeLost(), true);
  if (wizard.task() == Task::Save) {
    section(_("Will be saved in"), shown(wizard.imagePath()));
  } else if (wizard.plan().target.isNew) {
    section(_("Will be written"),
            wxString::Format(_("The new file %s."), described(wizard.plan().target)));
  }
  section(_("How long"), howLong());
  section(_("Would the copy start?"), wouldStart());
  section(_("Worth knowing"), bulleted(wizard.plan().warnings));
  command_->ChangeValue(shown(
      shellText(wizard.needsRoot() ? "sudo disktwin" : "disktwin", wizard.command(Run::Start))));
  for (wxWindow* part : std::initializer_list<wxWindow*>{facts_, command_, copy_, start_}) {
    part->Show();
  }
  typed_->ChangeValue("");
  showStart();
  facts_->Layout();
}

void SummaryPage::showStart() {
  const std::string name = context_.wizard.nameToType();
  const wxString how = wxString::Format(
      _("To start, type %s here and press Start, or hold the other button until it "
        "is full."),
      shown(name));
  typeLabel_->setText(willBeLost().empty() ? _("Nothing is overwritten.") + " " + how : how);
  startTyped_->Enable(!name.empty() && utf8(typed_->GetValue()) == name);
  start_->Layout();
}

wxString SummaryPage::whyNotOn() const {
  return asker_.isAsking() ? _("The plan is being made") : PageView::whyNotOn();
}

}  // namespace disktwin::gui
