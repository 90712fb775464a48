// The most that an image may take.
#include "gui/wizard/image_size.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

constexpr std::uint64_t kMib = 1 << 20;

Disk someDisk() {
  Disk disk;
  disk.size = 1000 * kMib;
  disk.table = "gpt";
  Partition known;
  known.number = 1;
  known.size = 600 * kMib;
  known.used = 100 * kMib;
  Partition unknown;
  unknown.number = 2;
  unknown.size = 200 * kMib;
  disk.partitions = {known, unknown};
  return disk;
}

}  // namespace

TEST_CASE("an image holds what is in use, and all of what cannot be looked into") {
  CHECK(mostForImage(someDisk(), {}, false) == 316 * kMib);
  CHECK(mostForImage(someDisk(), {1}, false) == 116 * kMib);
  CHECK(mostForImage(someDisk(), {2}, false) == 216 * kMib);
}

TEST_CASE("with unused space an image holds the partitions whole") {
  CHECK(mostForImage(someDisk(), {}, true) == 816 * kMib);
}

TEST_CASE("an image takes no more than the disk, and as much where nothing is known") {
  Disk disk = someDisk();
  disk.partitions.clear();
  CHECK(mostForImage(disk, {}, false) == 1016 * kMib);
  disk = someDisk();
  disk.partitions[1].size = 5000 * kMib;
  CHECK(mostForImage(disk, {}, false) == 1016 * kMib);
  disk.partitions[0].used = 5000 * kMib;
  CHECK(mostForImage(disk, {1}, false) == 616 * kMib);
}
