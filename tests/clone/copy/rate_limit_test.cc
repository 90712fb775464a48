// RateLimit: when who may go on.
#include "clone/copy/rate_limit.h"

#include "platform/extent.h"
#include "tests/support/catch.h"

using namespace disktwin;
using copy::RateLimit;
using std::chrono::milliseconds;

TEST_CASE("what is moved is paid for before anything else is, and idle time is not saved up") {
  RateLimit limit(2 * MiB);
  const RateLimit::Clock::time_point began{std::chrono::hours(1)};
  CHECK(limit.reserve(MiB, began) == began);
  CHECK(limit.reserve(MiB, began) == began + milliseconds(500));
  CHECK(limit.reserve(4 * MiB, began + milliseconds(700)) == began + milliseconds(1000));
  // Two seconds for the four MiB; whoever comes in between waits for their end.
  CHECK(limit.reserve(MiB, began + milliseconds(1100)) == began + milliseconds(3000));
  const auto later = began + std::chrono::hours(1);
  CHECK(limit.reserve(MiB, later) == later);
  CHECK(limit.reserve(MiB, later) == later + milliseconds(500));
}

TEST_CASE("a wait ends when the work has been stopped") {
  RateLimit limit(1);
  limit.take(100 * MiB, [] { return false; });  // the first one does not wait
  limit.take(1, [] { return true; });
}
