#include "gui/pages/extract_row.h"

#include <wx/sizer.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "gui/protocol/json_fields.h"
#include "gui/widgets/accessible.h"
#include "gui/widgets/clipboard.h"
#include "gui/widgets/size_text.h"
#include "gui/window/passphrase.h"
#include "gui/window/text.h"
#include "gui/wizard/model.h"

namespace disktwin::gui {
namespace {

constexpr std::size_t kMostNamed = 10;

wxString takenOut(const JobState& state) {
  const std::uint64_t files = numberOf(state.result, "files_extracted");
  return wxString::Format(wxPLURAL("%s file was taken out.", "%s files were taken out.",
                                   static_cast<unsigned>(std::min<std::uint64_t>(files, 1000))),
                          shown(std::to_string(files)));
}

int percentOf(std::uint64_t part, std::uint64_t whole) {
  return static_cast<int>(static_cast<double>(part) * 100 / static_cast<double>(whole));
}

// What was left out, to be shown like a failure: it is not there.
std::optional<Failure> lossesOf(const JobState& state) {
  std::size_t lost = 0;
  Failure out;
  for (const nlohmann::json& event : state.found) {
    if (textOf(event, "event") != "lost" || ++lost > kMostNamed) continue;
    out.hint +=
        (out.hint.empty() ? "" : "\n") + textOf(event, "what") + ": " + textOf(event, "because");
  }
  if (lost == 0) return std::nullopt;
  if (lost > kMostNamed) out.hint += "\n...";
  out.kind = "lost";
  out.exitCode = static_cast<int>(numberOf(state.result, "exit_code"));
  out.what = utf8(
      wxString::Format(wxPLURAL("%s file could not be taken out.",
                                "%s files could not be taken out.", static_cast<unsigned>(lost)),
                       shown(std::to_string(lost))));
  return out;
}

}  // namespace

ExtractRow::ExtractRow(wxWindow* parent, Context& context)
    : wxPanel(parent),
      context_(context),
      text_(new wxStaticText(this, wxID_ANY, "", wxDefaultPosition, wxDefaultSize,
                             wxST_ELLIPSIZE_END)),
      stop_(new wxButton(this, wxID_ANY, _("&Stop"))),
      command_(new wxTextCtrl(this, wxID_ANY, "", wxDefaultPosition, wxDefaultSize, wxTE_READONLY)),
      copy_(new wxButton(this, wxID_ANY, _("&Copy command line"))) {
  const int gap = FromDIP(8);
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(text_, wxSizerFlags(1).CentreVertical());
  row->Add(stop_, wxSizerFlags().CentreVertical().Border(wxLEFT, gap));
  auto* command = new wxBoxSizer(wxHORIZONTAL);
  command->Add(command_, wxSizerFlags(1).CentreVertical());
  command->Add(copy_, wxSizerFlags().CentreVertical().Border(wxLEFT, gap));
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(row, wxSizerFlags().Expand());
  column->Add(command, wxSizerFlags().Expand().Border(wxTOP, gap / 2));
  SetSizer(column);
  for (wxWindow* later : std::initializer_list<wxWindow*>{stop_, command_, copy_}) later->Hide();
  setAccessibleName(command_, _("Command line"));
  stop_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { stop(); });
  copy_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { copyText(command_->GetValue()); });
}

bool ExtractRow::isAtWork() const {
  return running_ && !isOver(running_->state().status);
}

void ExtractRow::say(const wxString& text) {
  idle_ = text;
  if (!isAtWork()) showText(text);
}

void ExtractRow::showText(const wxString& text) {
  text_->SetLabelText(text);
  Layout();
}

void ExtractRow::showCommand(const std::vector<std::string>& words, bool asRoot) {
  command_->ChangeValue(shown(shellText(asRoot ? "sudo disktwin" : "disktwin", words)));
  command_->Show();
  copy_->Show();
}

void ExtractRow::start(std::vector<std::string> words, bool asRoot,
                       std::optional<std::uint64_t> size) {
  words.insert(words.begin(), "extract");
  size_ = size;
  began_.reset();
  isStopping_ = false;
  showCommand(words, asRoot);
  running_ = context_.engine.start(std::move(words), asRoot,
                                   [this](const JobState& state) { heard(state); });
  stop_->Enable();
  stop_->Show();
  showText(_("Taking them out..."));
  InvalidateBestSize();
  if (onChanged) onChanged();
}

void ExtractRow::heard(const JobState& state) {
  const std::shared_ptr<Running> now = running_;
  answerPassphrase(this, context_, *now);
  if (isOver(state.status)) {
    showEnd(state);
  } else {
    showProgress(state);
  }
}

void ExtractRow::showProgress(const JobState& state) {
  if (isStopping_ || state.phase.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  if (!began_) began_ = now;
  std::uint64_t bytes = state.bytesDone;
  if (bytes == 0) {
    // The engine counts up to a total alone, and knows none; but its rate is that of all the time.
    const std::chrono::duration<double> since = now - *began_;
    bytes = static_cast<std::uint64_t>(static_cast<double>(state.rate) * since.count());
  }
  if (bytes == 0) return;
  if (size_ && *size_ != 0) {
    bytes = std::min(bytes, *size_);
    showText(wxString::Format(_("Taking them out: %s of %s, %d %%"), shown(decimalSizeText(bytes)),
                              shown(decimalSizeText(*size_)), percentOf(bytes, *size_)));
  } else {
    showText(wxString::Format(_("Taking them out: %s so far"), shown(decimalSizeText(bytes))));
  }
}

void ExtractRow::showEnd(const JobState& state) {
  std::optional<Failure> failure = state.failure;
  if (state.status == JobStatus::Cancelled && isStopping_) {
    idle_ = _("Stopped. What had been taken out by then is there.");
    failure.reset();
  } else if (failure) {
    idle_.clear();
  } else {
    idle_ = takenOut(state);
    failure = lossesOf(state);
  }
  stop_->Hide();
  showText(idle_);
  if (onChanged) onChanged();
  if (failure && onFailure) onFailure(*failure);
}

void ExtractRow::stop() {
  if (!isAtWork()) return;
  isStopping_ = true;
  stop_->Disable();
  showText(_("Stopping..."));
  running_->job().cancel();
}

}  // namespace disktwin::gui
