#include "clone/copy/rate_limit.h"

#include <algorithm>
#include <thread>

#include "platform/cancellation.h"

namespace disktwin::copy {
namespace {

// How soon a request to stop is heard.
constexpr std::chrono::milliseconds kNap{50};

}  // namespace

RateLimit::Clock::time_point RateLimit::reserve(std::uint64_t bytes, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  // Time in which nothing was moved is not made up for.
  const Clock::time_point begins = std::max(next_, now);
  const std::chrono::duration<double> takes(static_cast<double>(bytes) /
                                            static_cast<double>(rate_));
  next_ = begins + std::chrono::duration_cast<Clock::duration>(takes);
  return begins;
}

void RateLimit::take(std::uint64_t bytes, const std::function<bool()>& stopped) {
  const Clock::time_point until = reserve(bytes, Clock::now());
  for (Clock::time_point now = Clock::now(); now < until && !stopped(); now = Clock::now()) {
    Cancellation::check();
    std::this_thread::sleep_for(std::min<Clock::duration>(until - now, kNap));
  }
}

}  // namespace disktwin::copy
