// So many bytes a second and no more, for people who keep working on the same disks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

#include "platform/pause.h"

namespace disktwin::copy {

// Thread-safe: what all threads together take stays below the rate, from the first byte on.
class RateLimit {
 public:
  using Clock = WorkClock;  // nothing is earned while the work stands still

  explicit RateLimit(std::uint64_t bytesPerSecond) : rate_(bytesPerSecond) {}

  // Returns when so many bytes may be moved, or as soon as `stopped` says so. Throws
  // Error(Cancelled).
  void take(std::uint64_t bytes, const std::function<bool()>& stopped);

  // When a caller that comes at `now` for so many bytes may go on; its bytes count from then on.
  Clock::time_point reserve(std::uint64_t bytes, Clock::time_point now);

 private:
  const std::uint64_t rate_;
  std::mutex mutex_;
  Clock::time_point next_{};  // what has been given out is paid for then
};

}  // namespace disktwin::copy
