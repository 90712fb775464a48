// Work that stands still: the clock, and who waits.
#include "platform/pause.h"

#include <thread>

#include "platform/cancellation.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace std::chrono_literals;

TEST_CASE("the clock of the work stands still while it does, and then goes on from there") {
  const auto before = WorkClock::now();
  CHECK_FALSE(Pause::end());
  REQUIRE(Pause::begin());
  CHECK_FALSE(Pause::begin());
  CHECK(Pause::active());
  const auto stands = WorkClock::now();
  CHECK(stands >= before);
  std::this_thread::sleep_for(20ms);
  CHECK(WorkClock::now() == stands);
  REQUIRE(Pause::end());
  CHECK_FALSE(Pause::active());
  const auto steady = std::chrono::steady_clock::now();
  const auto went = WorkClock::now();
  CHECK(went >= stands);
  std::this_thread::sleep_for(20ms);
  CHECK(WorkClock::now() - went >= 20ms);
  // A second pause takes nothing of the first one back.
  REQUIRE(Pause::begin());
  REQUIRE(Pause::end());
  CHECK(WorkClock::now() - went <= std::chrono::steady_clock::now() - steady);
}

TEST_CASE("work waits until it may go on") {
  REQUIRE(Pause::begin());
  std::atomic<bool> isThrough{false};
  std::thread work([&] {
    Cancellation::check();
    isThrough = true;
  });
  std::this_thread::sleep_for(100ms);
  CHECK_FALSE(isThrough);
  Pause::end();
  work.join();
  CHECK(isThrough);
}
