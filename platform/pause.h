// The work stands still for a while, and goes on: the other thing, beside ending, that can be asked
// of it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace disktwin {

// One for the process, as Cancellation is, whose check() waits here. What is under way (a block
// that is being written, a flush) is brought to its end first. Thread-safe.
class Pause {
 public:
  // Whether that has changed anything.
  static bool begin();
  static bool end();
  static bool active() { return state_.load(std::memory_order_relaxed) < 0; }
  // Returns when the work may go on, or is to be cancelled.
  static void wait();

 private:
  friend struct WorkClock;
  // Nanoseconds. While the work runs: how long it has stood still so far. While it stands still:
  // the time of WorkClock, negated. One number, so that it is never seen half changed.
  static std::atomic<std::int64_t> state_;
};

// A clock that stands still while the work does: for rates, and for patience with those who wait
// for the work. Thread-safe; does not throw.
struct WorkClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WorkClock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};

}  // namespace disktwin
