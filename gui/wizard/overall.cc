#include "gui/wizard/overall.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace disktwin::gui {
namespace {

bool hasVerification(const JobState& state) {
  return state.verb != "verify" &&
         std::ranges::find(state.arguments, "--verify") != state.arguments.end();
}

// Phases in the order in which they come; what they are about is copying.
bool comesBeforeCopy(std::string_view phase) {
  constexpr std::array<std::string_view, 3> kBefore = {"", "wipe", "resize"};
  return std::ranges::find(kBefore, phase) != kBefore.end();
}

}  // namespace

Overall overall(const JobState& state) {
  Overall out;
  if (state.status == JobStatus::Done || state.status == JobStatus::DoneWithLosses) {
    out.fraction = 1;
    return out;
  }
  out.steps = hasVerification(state) ? 2 : 1;
  if (state.phase.empty()) return out;
  const double share = 1.0 / out.steps;
  const double ofPhase = state.fraction().value_or(0);
  if (comesBeforeCopy(state.phase)) {
    out.fraction = 0;
    return out;
  }
  if (state.phase == "flush" || state.phase == "table") {
    out.fraction = share;
    return out;
  }
  out.step = state.phase == "verify" ? out.steps : 1;
  if (!state.fraction() && out.step == 1) return out;
  out.fraction = share * (out.step - 1 + ofPhase);
  out.secondsLeft = state.secondsLeft;
  // Reading everything back takes about as long as writing it.
  if (out.secondsLeft && out.step < out.steps && state.rate != 0) {
    *out.secondsLeft += static_cast<double>(state.bytesTotal) / static_cast<double>(state.rate);
  }
  return out;
}

TargetNow targetNow(const JobState& state) {
  if (state.phase.empty()) return TargetNow::Untouched;
  if (state.verb == "capture" || state.verb == "merge") {
    return state.phase == "verify" ? TargetNow::Complete : TargetNow::Partial;
  }
  if (state.verb != "clone" && state.verb != "restore") return TargetNow::Untouched;
  // An image of another program is looked through before anything is planned.
  if (state.plan.id.empty()) return TargetNow::Untouched;
  if (state.phase == "verify") return TargetNow::Complete;
  return state.plan.target.isNew ? TargetNow::Removed : TargetNow::Incomplete;
}

}  // namespace disktwin::gui
