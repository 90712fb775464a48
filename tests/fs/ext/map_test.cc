// Which blocks are in the map of a healthy filesystem, and which are not.
#include "tests/fs/ext/made_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ext;
using namespace disktwin::fs::ext::test;

TEST_CASE("ext: a healthy filesystem has a complete map of what is in use") {
  const MadeVolume made;
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains({0, 3 * MadeVolume::kBlock}));  // boot block, superblock, descriptors
  CHECK(map.extents.contains(blocks(MadeVolume::kFile, MadeVolume::kFileLength)));
  CHECK(map.extents.contains(blocks(MadeVolume::start(1) + 300, 20)));
  for (std::uint32_t g = 0; g < MadeVolume::kGroups; ++g) {
    CHECK(map.extents.contains(blocks(MadeVolume::bitmap(g), 2)));
  }
}

TEST_CASE("ext: free blocks are not in the map") {
  const MadeVolume made;
  const fs::UsedMap map = made.used();
  CHECK_FALSE(map.extents.intersects(blocks(600, 400)));
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::start(1) + 400, 600)));
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::start(3) + 200, 800)));
}

TEST_CASE("ext: inodes that were never initialised are not in the map, the others are") {
  const MadeVolume made;
  const fs::UsedMap map = made.used();
  CHECK(map.extents.contains(blocks(MadeVolume::table(0), 5)));
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::table(0) + 5, MadeVolume::kTable - 5)));
  CHECK(map.extents.contains(blocks(MadeVolume::table(1), MadeVolume::kTable)));
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::table(3), MadeVolume::kTable)));
}

TEST_CASE("ext: a flag that no checksum protects is not believed") {
  MadeVolume made;
  made.super.roCompat = std::uint32_t{kSparseSuper};
  made.seal();
  const fs::UsedMap map = made.used();
  // Nor is the bitmap of group 2 skipped: it is all ones here.
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(MadeVolume::table(0), MadeVolume::kTable)));
  CHECK(map.extents.contains(blocks(MadeVolume::start(2), MadeVolume::kPerGroup)));
}

TEST_CASE("ext: the older checksum of descriptors makes the flags trustworthy, too") {
  MadeVolume made;
  made.super.roCompat = kSparseSuper | kGroupChecksum;
  made.seal();
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::table(3), MadeVolume::kTable)));
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::start(2) + 300, 700)));
}

TEST_CASE("ext: of a group without a bitmap only its metadata is in use") {
  const MadeVolume made;
  const fs::UsedMap map = made.used();
  CHECK(map.extents.contains(blocks(MadeVolume::bitmap(2), 2)));
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::start(2) + 200, 800)));
}

TEST_CASE("ext: metadata is copied even when the bitmap calls it free") {
  MadeVolume made;
  Block bitmap(MadeVolume::kBlock);
  made.put(MadeVolume::bitmap(1), bitmap);
  made.groups[1].freeBlocksLo = std::uint16_t{MadeVolume::kPerGroup};
  made.seal();
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(
      map.extents.contains(blocks(MadeVolume::start(1), 2)));  // backup superblock and descriptors
  CHECK(map.extents.contains(blocks(MadeVolume::bitmap(1), 2)));
  CHECK(map.extents.contains(blocks(MadeVolume::table(1), MadeVolume::kTable)));
}

TEST_CASE("ext: a block of multiple mount protection is copied") {
  MadeVolume made;
  made.super.incompat = made.super.incompat | kMmp;
  made.super.mmpBlock = 900;
  made.sealSuper();
  CHECK(made.used().extents.contains(blocks(900, 1)));
}

TEST_CASE("ext: a bit of the bitmap stands for a whole cluster") {
  MadeVolume made;
  made.super.roCompat = made.super.roCompat | kBigalloc;
  made.super.logClusterSize = 1;
  made.super.blocksPerGroup = 2 * MadeVolume::kPerGroup;
  made.super.inodesCount = 2 * MadeVolume::kInodes;
  made.seal();
  // Bit 500 of group 0 is now block 1000 or 1001, by who counts; both belong to the map.
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(1000, 2 * MadeVolume::kFileLength + 1)));
  CHECK_FALSE(map.extents.intersects(blocks(1200, 500)));
}
