// Sizes that always fit, however their borders are dragged.
#include "gui/wizard/fitting.h"

#include <random>

#include "tests/support/catch.h"

using disktwin::gui::FitPart;
using disktwin::gui::Fitting;

namespace {

constexpr std::uint64_t MiB = 1 << 20;
constexpr std::uint64_t GiB = 1 << 30;

FitPart part(std::uint32_t number, const char* role, std::uint64_t before, std::uint64_t smallest,
             bool canGrow, std::uint64_t after) {
  FitPart out;
  out.number = number;
  out.role = role;
  out.before = before;
  out.smallest = smallest;
  out.canGrow = canGrow;
  out.after = after;
  return out;
}

// An ESP, two volumes with a rigid one between them, on a target with twice the room.
Fitting larger() {
  return Fitting({part(1, "EFI system", 100 * MiB, 100 * MiB, false, 100 * MiB),
                  part(2, "OS", 40 * GiB, 10 * GiB, true, 80 * GiB),
                  part(3, "swap", 4 * GiB, 4 * GiB, false, 4 * GiB),
                  part(4, "data", 20 * GiB, 5 * GiB, true, 40 * GiB)},
                 100 * MiB + 124 * GiB);
}

// The same on a target with half of it.
Fitting smaller() {
  return Fitting({part(1, "EFI system", 100 * MiB, 100 * MiB, false, 100 * MiB),
                  part(2, "OS", 40 * GiB, 10 * GiB, true, 18 * GiB),
                  part(3, "swap", 4 * GiB, 4 * GiB, false, 4 * GiB),
                  part(4, "data", 20 * GiB, 5 * GiB, true, 10 * GiB)},
                 100 * MiB + 32 * GiB);
}

void checkInvariants(const Fitting& fitting) {
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < fitting.parts().size(); ++i) {
    const FitPart& it = fitting.parts()[i];
    taken += it.after;
    REQUIRE(it.after >= it.smallest);
    if (!it.canGrow) REQUIRE(it.after <= it.before);
    REQUIRE(fitting.least(i) <= it.after);
    REQUIRE(fitting.most(i) >= it.after);
  }
  REQUIRE(taken + fitting.free() <= fitting.room());
}

}  // namespace

TEST_CASE("what the engine proposes needs no sizes by number") {
  CHECK(larger().option() == "auto");
  CHECK(larger().free() == 0);
}

TEST_CASE("a border takes from the next one that can change") {
  Fitting fitting = larger();
  CHECK(fitting.moveBorder(1, -static_cast<std::int64_t>(10 * GiB)) ==
        -static_cast<std::int64_t>(10 * GiB));
  CHECK(fitting.parts()[1].after == 70 * GiB);
  CHECK(fitting.parts()[2].after == 4 * GiB);
  CHECK(fitting.parts()[3].after == 50 * GiB);
  CHECK(fitting.option() == "2=rest,4=53687091200");
  CHECK(fitting.moveBorder(1, static_cast<std::int64_t>(200 * GiB)) ==
        static_cast<std::int64_t>(45 * GiB));
  CHECK(fitting.parts()[3].after == 5 * GiB);
  checkInvariants(fitting);
}

TEST_CASE("a border at the end gives to free room and takes from it") {
  Fitting fitting = larger();
  CHECK(fitting.moveBorder(3, -static_cast<std::int64_t>(GiB)) == -static_cast<std::int64_t>(GiB));
  CHECK(fitting.free() == GiB);
  CHECK(fitting.option() == "2=85899345920,4=41875931136");
  CHECK(fitting.moveBorder(3, static_cast<std::int64_t>(5 * GiB)) ==
        static_cast<std::int64_t>(GiB));
  CHECK(fitting.option() == "auto");
}

TEST_CASE("a border of what is rigid does not move") {
  Fitting fitting = larger();
  CHECK(fitting.moveBorder(0, static_cast<std::int64_t>(GiB)) == 0);
  CHECK(fitting.moveBorder(2, -static_cast<std::int64_t>(GiB)) == 0);
  CHECK(fitting.option() == "auto");
}

TEST_CASE("a size is clipped to what there is") {
  Fitting fitting = larger();
  CHECK(fitting.resize(1, 200 * GiB) == 80 * GiB);
  CHECK(fitting.resize(1, GiB) == 10 * GiB);
  CHECK(fitting.free() == 70 * GiB);
  CHECK(fitting.resize(1, 12 * GiB + 5) == 12 * GiB);
  CHECK(fitting.resize(3, 1) == 5 * GiB);
  CHECK(fitting.resize(2, 1) == 4 * GiB);
  CHECK(fitting.most(1) == 115 * GiB);
}

TEST_CASE("keeping sizes") {
  Fitting fitting = larger();
  REQUIRE(fitting.canKeep());
  fitting.keep();
  CHECK(fitting.option() == "keep");
  CHECK(fitting.free() == 60 * GiB);
  fitting.proposed();
  CHECK(fitting.option() == "auto");

  Fitting tight = smaller();
  CHECK_FALSE(tight.canKeep());
  tight.keep();
  CHECK(tight.option() == "auto");
}

TEST_CASE("in proportion: only what holds data grows") {
  Fitting fitting = larger();
  fitting.keep();
  fitting.proportional();
  CHECK(fitting.parts()[0].after == 100 * MiB);
  CHECK(fitting.parts()[1].after == 80 * GiB);
  CHECK(fitting.parts()[3].after == 40 * GiB);

  Fitting tight = smaller();
  tight.proportional();
  CHECK(tight.free() == 0);
  CHECK(tight.parts()[2].after == 4 * GiB);
  checkInvariants(tight);
}

TEST_CASE("all to one: the others as they were, or as small as can be") {
  Fitting fitting = larger();
  fitting.allTo(3);
  CHECK(fitting.parts()[1].after == 40 * GiB);
  CHECK(fitting.parts()[3].after == 80 * GiB);
  CHECK(fitting.option() == "4=rest");

  Fitting tight = smaller();
  tight.allTo(3);
  CHECK(tight.parts()[1].after == 10 * GiB);
  CHECK(tight.parts()[3].after == 18 * GiB);
  checkInvariants(tight);
}

TEST_CASE("an odd size is kept to the byte") {
  const std::uint64_t odd = 10 * GiB + 512;
  Fitting fitting({part(1, "OS", odd, GiB, true, odd), part(2, "data", GiB, GiB, false, GiB)},
                  20 * GiB);
  fitting.resize(0, 5 * GiB);
  CHECK(fitting.resize(0, odd) == odd);
  CHECK(fitting.moveBorder(0, -static_cast<std::int64_t>(MiB)) == -static_cast<std::int64_t>(MiB));
  CHECK(fitting.parts()[0].after == 10 * GiB);
  CHECK(fitting.moveBorder(0, static_cast<std::int64_t>(MiB)) == static_cast<std::int64_t>(MiB));
  CHECK(fitting.parts()[0].after == odd);
}

TEST_CASE("partitions that are no multiples can be kept where they are") {
  const std::uint64_t odd = 63 * 512 * 40000ULL;
  const Fitting fitting({part(1, "OS", odd, odd, false, odd), part(2, "OS", odd, odd, false, odd)},
                        2 * odd);
  CHECK(fitting.canKeep());
  CHECK(fitting.free() == 0);
}

TEST_CASE("nothing breaks without partitions") {
  Fitting fitting;
  fitting.keep();
  fitting.proportional();
  CHECK(fitting.free() == 0);
  CHECK(fitting.option() == "auto");
}

TEST_CASE("whatever is done, sizes fit") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    Fitting fitting = round % 2 ? larger() : smaller();
    for (int step = 0; step < 50; ++step) {
      const std::size_t at = random() % 4;
      const auto by = static_cast<std::int64_t>(random() % (100 * GiB));
      switch (random() % 6) {
        case 0:
          fitting.resize(at, static_cast<std::uint64_t>(by));
          break;
        case 1:
          fitting.moveBorder(at, by);
          break;
        case 2:
          fitting.moveBorder(at, -by);
          break;
        case 3:
          fitting.proportional();
          break;
        case 4:
          fitting.allTo(at);
          break;
        default:
          fitting.keep();
          break;
      }
      checkInvariants(fitting);
    }
  }
}
