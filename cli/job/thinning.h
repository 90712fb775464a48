// A record of a job that takes weeks must not fill the disk with its progress.
#pragma once

#include <algorithm>
#include <chrono>

namespace disktwin::cli {

// Which events of progress are kept: at most one in half a second at first, and later on the fewer
// the longer it takes, but one in ten seconds. Not thread-safe.
class Thinning {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Thinning(Clock::time_point began) : began_(began), next_(began) {}

  // Whether one that comes at `now` is kept.
  bool take(Clock::time_point now) {
    if (now < next_) return false;
    next_ = now + apart(now - began_);
    return true;
  }

  static Clock::duration apart(Clock::duration elapsed) {
    return std::clamp<Clock::duration>(elapsed / 1200, std::chrono::milliseconds(500),
                                       std::chrono::seconds(10));
  }

 private:
  const Clock::time_point began_;
  Clock::time_point next_;
};

}  // namespace disktwin::cli
