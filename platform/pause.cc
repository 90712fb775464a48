#include "platform/pause.h"

#include <algorithm>
#include <thread>

#include "platform/cancellation.h"

namespace disktwin {
namespace {

// How soon it is heard that the work may go on.
constexpr std::chrono::milliseconds kNap{50};

std::int64_t steadyNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

std::atomic<std::int64_t> Pause::state_{0};

bool Pause::begin() {
  std::int64_t stoodStill = state_.load();
  // At zero the clock would seem to run; it stands a nanosecond later then.
  while (stoodStill >= 0) {
    const std::int64_t now = std::max<std::int64_t>(steadyNow() - stoodStill, 1);
    if (state_.compare_exchange_weak(stoodStill, -now)) return true;
  }
  return false;
}

bool Pause::end() {
  std::int64_t standsAt = state_.load();
  while (standsAt < 0) {
    const std::int64_t stoodStill = std::max<std::int64_t>(steadyNow() + standsAt, 0);
    if (state_.compare_exchange_weak(standsAt, stoodStill)) return true;
  }
  return false;
}

void Pause::wait() {
  while (active() && !Cancellation::requested()) std::this_thread::sleep_for(kNap);
}

WorkClock::time_point WorkClock::now() noexcept {
  const std::int64_t state = Pause::state_.load();
  return time_point(duration(state < 0 ? -state : steadyNow() - state));
}

}  // namespace disktwin
