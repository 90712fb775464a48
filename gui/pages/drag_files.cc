#include "gui/pages/drag_files.h"

#include <wx/progdlg.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "gui/window/passphrase.h"
#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuick = 500ms;
constexpr auto kTick = 20ms;

// Whether it can go on without asking anybody.
bool isAnswered(const Context& context, const JobState& state) {
  return !state.wantsPassphrase || (state.wantsPassphrase->attempt == 1 &&
                                    context.passphrases.contains(state.wantsPassphrase->image));
}

}  // namespace

DragFiles::Begun DragFiles::begin(const std::vector<std::string>& words, bool asRoot) {
  if (isReady_ && !isHandedOut_ && words == words_) return Begun::Ready;
  clear();
  folder_ = scratch_.folder();
  if (folder_.empty()) return Begun::Failed;
  words_ = words;
  std::vector<std::string> all = words;
  all.insert(all.begin(), "extract");
  all.insert(all.end(), {"-o", folder_, "--no-record"});
  running_ = context_.engine.ask(all, asRoot, {});
  const auto end = std::chrono::steady_clock::now() + kQuick;
  while (std::chrono::steady_clock::now() < end && !running_->job().isOver()) {
    running_->job().poll();
    if (!isAnswered(context_, running_->state())) break;
    answerPassphrase(parent_, context_, *running_);
    std::this_thread::sleep_for(kTick);
  }
  if (!running_->job().isOver()) return Begun::NotYet;
  return conclude() ? Begun::Ready : Begun::Failed;
}

bool DragFiles::finish() {
  if (!running_) return false;
  wxProgressDialog dialog(_("Taking files out"), _("They are taken out, to be dragged."), 100,
                          parent_, wxPD_APP_MODAL | wxPD_CAN_ABORT | wxPD_SMOOTH);
  while (!running_->job().isOver()) {
    if (!dialog.Pulse()) {
      clear();
      return false;
    }
    running_->job().poll();
    answerPassphrase(&dialog, context_, *running_);
    std::this_thread::sleep_for(kTick);
  }
  return conclude();
}

bool DragFiles::conclude() {
  const JobState state = running_->state();
  running_.reset();
  isReady_ = state.status == JobStatus::Done;
  if (isReady_) return true;
  clear();
  failure_ = state.failure;
  if (!failure_) {
    // With losses: what is dropped somewhere looks as if it were all.
    failure_.emplace();
    failure_->kind = "lost";
    failure_->what = utf8(_("Not all of it can be taken out."));
  }
  return false;
}

std::vector<std::string> DragFiles::paths() {
  isHandedOut_ = true;
  std::vector<std::string> out;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failed)) {
    out.push_back(entry.path().string());
  }
  return out;
}

void DragFiles::leave() {
  if (!isHandedOut_) clear();
}

void DragFiles::clear() {
  running_.reset();
  failure_.reset();
  isReady_ = isHandedOut_ = false;
  words_.clear();
  if (!folder_.empty()) scratch_.remove(std::exchange(folder_, {}));
}

}  // namespace disktwin::gui
