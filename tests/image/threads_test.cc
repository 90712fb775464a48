#include "image/write/capture.h"
#include "tests/support/catch.h"

using disktwin::image::threadsFor;

// tests/cli/memory.sh measures what these take.
TEST_CASE("a capture uses all processors until memory is what there is least of") {
  CHECK(threadsFor(3, 8) == 9);
  CHECK(threadsFor(9, 4) == 4);
  CHECK(threadsFor(3, 64) == 16);
  CHECK(threadsFor(9, 64) == 7);
  CHECK(threadsFor(12, 64) == 3);
  CHECK(threadsFor(15, 64) == 2);
  CHECK(threadsFor(19, 64) == 2);
}

TEST_CASE("a single processor has something to do while the disk is waited for") {
  CHECK(threadsFor(1, 1) == 2);
  CHECK(threadsFor(19, 1) == 2);
}
