#include "platform/processors.h"

#include <sched.h>

#include <thread>

#include "tests/support/catch.h"

using namespace disktwin;

TEST_CASE("a share of time is a number of processors, rounded up") {
  CHECK(processorsOf("200000 100000\n") == 2U);
  CHECK(processorsOf("250000 100000\n") == 3U);
  CHECK(processorsOf("1000 100000\n") == 1U);
  CHECK(processorsOf("18446744073709551615 1\n") == 65536U);
  for (const char* none : {"max 100000\n", "", "100000", "0 100000", "100000 0", "-1 x"}) {
    CHECK_FALSE(processorsOf(none));
  }
}

TEST_CASE("what this thread may not run on is not counted") {
  CHECK(usableProcessors() >= 1);
  unsigned seen = 0;
  std::thread([&seen] {
    cpu_set_t set;
    REQUIRE(::sched_getaffinity(0, sizeof set, &set) == 0);
    int first = 0;
    while (!CPU_ISSET(first, &set)) ++first;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    REQUIRE(::sched_setaffinity(0, sizeof set, &set) == 0);
    seen = usableProcessors();
  }).join();
  CHECK(seen == 1);
}
