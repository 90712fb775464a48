#include "gui/pages/progress_page.h"

#include <wx/datetime.h>
#include <wx/msgdlg.h>

#include "gui/protocol/json_fields.h"
#include "gui/widgets/accessible.h"
#include "gui/widgets/size_text.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/words.h"
#include "gui/window/passphrase.h"
#include "gui/window/text.h"
#include "gui/wizard/afterwards.h"
#include "gui/wizard/found_text.h"
#include "gui/wizard/part_progress.h"

namespace disktwin::gui {
namespace {

wxString phaseText(const std::string& phase) {
  if (phase == "wipe") return _("Removing what was there");
  if (phase == "resize") return _("Resizing in the copy");
  if (phase == "copy") return _("Copying");
  if (phase == "flush") return _("Waiting until the target has it all");
  if (phase == "table") return _("Writing the partition table");
  if (phase == "verify") return _("Verifying");
  if (phase == "compare") return _("Comparing");
  return _("Preparing");
}

// What the target is left as when it is stopped now.
wxString cancelText(const JobState& state) {
  switch (targetNow(state)) {
    case TargetNow::Incomplete:
      return _(
          "Stop now? The target is then incomplete: its old content is gone, and the copy is not "
          "finished. It must not be used before another clone has finished on it.");
    case TargetNow::Removed:
      return _("Stop now? The new file is not finished, and is removed.");
    case TargetNow::Partial:
      return _(
          "Stop now? What was written so far is kept as an unfinished image. To go on with it, "
          "save "
          "the same disk under the same name.");
    case TargetNow::Complete:
      return _("Stop now? Everything has been written; only the verification is left out.");
    case TargetNow::Untouched:
      break;
  }
  return _("Stop now? Nothing is changed by that.");
}

wxString endText(const JobState& state) {
  switch (state.status) {
    case JobStatus::Done:
      return _("Done");
    case JobStatus::DoneWithLosses:
      return _("Done, with losses");
    case JobStatus::Cancelled:
      return _("Stopped");
    default:
      break;
  }
  const bool differs = state.failure && state.failure->kind == "mismatch";
  return differs && state.verb == "compare" ? _("They differ") : _("It did not work");
}

}  // namespace

ProgressPage::ProgressPage(wxWindow* parent, Context& context)
    : PageView(parent, context),
      what_(new FlowText(this, "", FlowText::Style::Muted)),
      phase_(new wxStaticText(this, wxID_ANY, "")),
      gauge_(new wxGauge(this, wxID_ANY, 1000)),
      numbers_(new FlowText(this, "")),
      parts_(new wxDataViewListCtrl(this, wxID_ANY)),
      graph_(new RateGraph(this)),
      warnings_(new FlowText(this, "")),
      pause_(new wxButton(this, wxID_ANY, _("&Pause"))),
      cancel_(new wxButton(this, wxID_ANY, _("&Stop..."))),
      boot_(new wxButton(this, wxID_ANY, _("See whether it sta&rts"))),
      compare_(new wxButton(this, wxID_ANY, _("Co&mpare with the source"))),
      result_(new FlowText(this, "")),
      error_(new ErrorPanel(this)) {
  const int gap = FromDIP(8);
  phase_->SetFont(fontFor(TextSize::Heading, true));
  parts_->AppendTextColumn(_("Partition"), wxDATAVIEW_CELL_INERT, FromDIP(360));
  parts_->AppendProgressColumn(_("Copied"), wxDATAVIEW_CELL_INERT, FromDIP(200));
  parts_->SetMinSize(FromDIP(wxSize(300, 120)));
  graph_->SetMinSize(FromDIP(wxSize(300, 110)));
  setAccessibleName(gauge_, _("Progress"));
  setAccessibleName(parts_, _("Partitions"));
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  buttons->Add(pause_, wxSizerFlags().Border(wxRIGHT, gap));
  buttons->Add(cancel_);
  column_->Add(what_, wxSizerFlags().Expand());
  column_->Add(phase_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(result_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(error_, wxSizerFlags().Expand().Border(wxTOP, gap));
  auto* more = new wxBoxSizer(wxHORIZONTAL);
  more->Add(boot_, wxSizerFlags().Border(wxRIGHT, gap));
  more->Add(compare_);
  column_->Add(more, wxSizerFlags().Border(wxTOP, gap));
  column_->Add(gauge_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(numbers_, wxSizerFlags().Expand().Border(wxTOP, gap));
  column_->Add(buttons, wxSizerFlags().Border(wxTOP, gap));
  column_->Add(parts_, wxSizerFlags(1).Expand().Border(wxTOP, gap));
  column_->Add(graph_, wxSizerFlags(1).Expand().Border(wxTOP, gap));
  column_->Add(warnings_, wxSizerFlags().Expand().Border(wxTOP, gap));
  pause_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (!running_) return;
    if (running_->state().status == JobStatus::Paused) {
      running_->job().resume();
    } else {
      running_->job().pause();
    }
  });
  boot_->SetToolTip(_(
      "Starts it in a virtual machine without a network, and watches. Nothing is written to it."));
  boot_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    const NextRun next = bootRun(running_->state());
    start(next.words, next.asRoot);
  });
  compare_->SetToolTip(
      _("Reads both and says what differs, if anything does. Nothing is written."));
  compare_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    const NextRun next = compareRun(running_->state());
    start(next.words, next.asRoot);
  });
  cancel_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { askCancel(); });
}

wxString ProgressPage::task() const {
  return running_ ? verbText(running_->state().verb) : wxString();
}

wxString ProgressPage::title() const {
  if (!running_ || !isOver(running_->state().status)) return _("At work");
  return endText(running_->state());
}

void ProgressPage::reset() {
  error_->clear();
  result_->setText("");
  warnings_->setText("");
  parts_->DeleteAllItems();
  graph_->clear();
  numbers_->setText("");
  phase_->SetLabel(_("Preparing"));
  gauge_->Pulse();
  isCancelling_ = false;
  verb_.clear();
  meter_ = {};
  began_ = std::chrono::steady_clock::now();
  for (wxWindow* part :
       std::initializer_list<wxWindow*>{phase_, gauge_, numbers_, pause_, cancel_}) {
    part->Show();
  }
  for (wxWindow* part :
       std::initializer_list<wxWindow*>{parts_, graph_, result_, boot_, compare_}) {
    part->Hide();
  }
  relayout();
  changed();
}

void ProgressPage::enter() {
  const Wizard& wizard = context_.wizard;
  start(wizard.command(Run::Start), wizard.needsRoot());
  running_->newPassphrase = wizard.choices().passphrase;
  if (wizard.choices().shutDown) context_.shutDown.after(running_);
}

void ProgressPage::start(const std::vector<std::string>& words, bool asRoot) {
  letGo();
  reset();
  what_->setText(shown(shellText("disktwin", words)));
  running_ = context_.engine.start(words, asRoot, [this](const JobState& state) { heard(state); });
}

void ProgressPage::follow(const std::string& events, const std::string& control) {
  letGo();
  std::erase_if(left_, [&](const auto& job) { return job->state().eventsPath == events; });
  reset();
  running_ =
      context_.engine.follow(events, control, [this](const JobState& state) { heard(state); });
}

// It goes on, and its end is told as if it were still in sight.
void ProgressPage::letGo() {
  if (holds()) left_.push_back(running_);
  running_.reset();
}

void ProgressPage::heardOfLeft(const JobState& state) {
  const auto found =
      std::ranges::find_if(left_, [&](const auto& job) { return &job->state() == &state; });
  if (found == left_.end()) return;
  const std::shared_ptr<Running> job = *found;
  if (isOver(state.status)) {
    left_.erase(found);
    tellEnd(state);
  } else {
    answerPassphrase(this, context_, *job);
  }
}

void ProgressPage::heard(const JobState& state) {
  if (!running_ || &running_->state() != &state) return heardOfLeft(state);
  if (state.wantsPassphrase) {
    // What comes while the question is on the screen is shown by then.
    return answerPassphrase(this, context_, *running_);
  }
  if (state.verb != verb_) {
    verb_ = state.verb;
    changed();  // the title
  }
  if (!state.arguments.empty()) what_->setText(shown(shellText("disktwin", state.arguments)));
  if (isOver(state.status)) {
    showEnd(state);
  } else {
    showRunning(state);
  }
}

void ProgressPage::showRunning(const JobState& state) {
  const bool isPaused = state.status == JobStatus::Paused;
  phase_->SetLabel(isPaused               ? _("Paused")
                   : isCancelling_        ? _("Stopping...")
                   : state.verb == "boot" ? _("The machine is running")
                                          : phaseText(state.phase));
  pause_->SetLabel(isPaused ? _("&Go on") : _("&Pause"));
  const Overall all = overall(state);
  if (!isPaused && !isCancelling_ && all.steps > 1) {
    phase_->SetLabel(phaseText(state.phase) + " " +
                     wxString::Format(_("(step %d of %d)"), all.step, all.steps));
  }
  if (!all.fraction) {
    gauge_->Pulse();
  } else {
    gauge_->SetValue(static_cast<int>(*all.fraction * 1000));
  }
  desktop_.showProgress(all.fraction.value_or(0));
  showNumbers(state, all);
  showParts(state);
  // What reads a whole image, or a machine that starts, has no parts; the latter no bytes either.
  const bool hasParts = parts_->GetItemCount() > 0;
  const bool hasBytes = graph_->IsShown() || state.bytesTotal != 0;
  if (hasParts != parts_->IsShown() || hasBytes != graph_->IsShown()) {
    parts_->Show(hasParts);
    graph_->Show(hasBytes);
    relayout();
  }
  wxString warnings;
  for (const std::string& warning : state.warnings) {
    warnings += (warnings.empty() ? "" : "\n") + shown(warning);
  }
  warnings_->setText(warnings);
}

void ProgressPage::showNumbers(const JobState& state, const Overall& all) {
  const bool isPaused = state.status == JobStatus::Paused;
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - began_;
  if (isPaused) {
    meter_ = {};
    graph_->pause();
  } else if (const auto rate = meter_.add(since.count(), state.phase, state.bytesDone)) {
    graph_->add(since.count(), *rate);
  }
  wxString numbers;
  if (state.bytesTotal != 0) {
    numbers = wxString::Format(_("%s of %s, %d %%"), shown(sizeText(state.bytesDone)),
                               shown(sizeText(state.bytesTotal)),
                               static_cast<int>(state.fraction().value_or(0) * 100));
    if (state.rate != 0) numbers += ", " + shown(rateText(static_cast<double>(state.rate)));
    if (all.secondsLeft && !isPaused) {
      numbers += ", " + wxString::Format(_("%s left"), durationText(*all.secondsLeft));
    }
  }
  if (state.machineSeconds != 0) numbers = shown(clockText(state.machineSeconds));
  numbers_->setText(numbers);
}

void ProgressPage::showParts(const JobState& state) {
  const bool isWhole = state.phase == "flush" || state.phase == "table" || state.phase == "verify";
  if (state.phase != "copy" && !isWhole) return;
  const auto progress = isWhole ? partProgress(state.plan, 1, 1)
                                : partProgress(state.plan, state.bytesDone, state.bytesTotal);
  for (std::size_t i = 0; i < progress.size(); ++i) {
    const auto percent = static_cast<long>(progress[i].fraction * 100);
    if (i < static_cast<std::size_t>(parts_->GetItemCount())) {
      const auto row = static_cast<unsigned>(i);
      parts_->GetStore()->SetValueByRow(percent, row, 1);
      parts_->GetStore()->RowChanged(row);
      continue;
    }
    wxVector<wxVariant> row;
    row.push_back(shown(progress[i].what));
    row.push_back(percent);
    parts_->AppendItem(row);
  }
}

wxString ProgressPage::nextSteps(const JobState& state) const {
  wxString out;
  if (state.isCopy()) {
    const bool isVerified = flagOf(state.result, "verified");
    out = wxString::Format(_("%s were copied."),
                           shown(sizeText(numberOf(state.result, "bytes_copied"))));
    out += "\n" + (isVerified ? _("All of it was read back from the target, and is right.")
                              : _("It was not read back: no verification was asked for."));
    const std::vector<std::string> more = advice(state);
    if (!more.empty()) out += "\n\n" + _("What to do next:");
    for (const std::string& line : more) {
      out += "\n" + wxString::FromUTF8("\u2022 ") + shown(line);
    }
    return out;
  }
  if (state.verb == "capture" || state.verb == "merge") {
    const std::string size = sizeText(numberOf(state.result, "image_bytes"));
    out = textOf(state.result, "parent_id").empty()
              ? wxString::Format(_("%s were saved in an image of %s."),
                                 shown(sizeText(numberOf(state.result, "bytes_captured"))),
                                 shown(size))
              : wxString::Format(_("%s that had changed were saved in an image of %s."),
                                 shown(sizeText(numberOf(state.result, "bytes_stored"))),
                                 shown(size));
    out += "\n" + (flagOf(state.result, "verified")
                       ? _("It was read back, and all of it is right.")
                       : _("It was not read back: no verification was asked for."));
    out += "\n\n" + _("Keep it on another disk than the one that it is of. It is listed on the "
                      "home page; \"Look into\" shows the files in it.");
    return out;
  }
  if (state.verb == "boot")
    return wxString::Format(_("It came up: %s."), shown(state.verdictBecause));
  if (state.verb == "compare") return _("Both hold the same.");
  if (state.verb == "verify") return _("Every byte and every hash of the image is right.");
  if (state.verb == "extract") return _("The files were taken out.");
  return _("Done.");
}

void ProgressPage::showEnd(const JobState& state) {
  desktop_.showProgress(-1);
  phase_->Hide();
  for (wxWindow* part :
       std::initializer_list<wxWindow*>{gauge_, numbers_, parts_, graph_, pause_, cancel_}) {
    part->Hide();
  }
  if (state.failure) {
    error_->showFailure(failureWithPlaces(state));
  } else {
    wxString text = nextSteps(state);
    for (const nlohmann::json& loss : state.found) {
      if (textOf(loss, "event") != "lost") continue;
      text += "\n" + wxString::Format(_("Lost: %s"), shown(textOf(loss, "what")));
    }
    result_->setText(text);
    result_->Show();
  }
  boot_->Show(!bootRun(state).isEmpty());
  compare_->Show(!compareRun(state).isEmpty());
  tellEnd(state);
  relayout();
  changed();
}

void ProgressPage::tellEnd(const JobState& state) {
  context_.library.learn(state, utf8(wxDateTime::Now().ToUTC().FormatISOCombined()) + "Z");
  const bool isBad = state.failure.has_value();
  desktop_.notify(utf8(verbText(state.verb) + ": " + endText(state)),
                  isBad ? state.failure->text() : std::string(), isBad);
}

void ProgressPage::askCancel() {
  if (!holds()) return;
  wxMessageDialog dialog(this, cancelText(running_->state()), _("Stop?"),
                         wxYES_NO | wxNO_DEFAULT | wxICON_WARNING);
  dialog.SetYesNoLabels(_("&Stop"), _("&Go on"));
  if (dialog.ShowModal() != wxID_YES || !holds()) return;
  isCancelling_ = true;
  phase_->SetLabel(_("Stopping..."));
  running_->job().cancel();
}

}  // namespace disktwin::gui
