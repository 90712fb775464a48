// A map that cannot be proven complete is refused with a reason; no bytes whatever make it crash.
#include <random>

#include "clone/fs/ext/geometry.h"
#include "tests/fs/ext/made_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ext;
using namespace disktwin::fs::ext::test;

namespace {

// Whatever it says, it must not leave the volume, and a map without a reason must be complete.
void askEverything(const MadeVolume& made) {
  const auto fs = made.fs();
  if (!fs) return;
  const Extent all{0, made.disk->size()};
  const fs::UsedMap map = fs->used();
  for (const Extent& extent : map.extents) REQUIRE(all.contains(extent));
  for (const Extent& extent : fs->signatures()) REQUIRE(all.contains(extent));
  if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{all});
}

std::string why(const MadeVolume& made) {
  return made.used().whyWhole;
}

}  // namespace

TEST_CASE("ext: no signature, no filesystem") {
  MadeVolume made;
  made.super.magic = 0;
  made.sealSuper();
  CHECK(made.fs() == nullptr);
  CHECK(open(std::make_shared<disktwin::test::MemoryDisk>(std::size_t{2047})) == nullptr);
  CHECK(open(std::make_shared<disktwin::test::MemoryDisk>(std::size_t{0})) == nullptr);
}

TEST_CASE("ext: unknown features are refused and named") {
  MadeVolume made;
  const std::uint32_t known = made.super.incompat;
  made.super.incompat = known | 0x80000000U;
  made.sealSuper();
  CHECK(why(made) == "unknown incompatible feature 0x80000000");
  made.super.incompat = known | kCompression;
  made.sealSuper();
  CHECK_THAT(why(made), ContainsSubstring("compression"));
  made.super.incompat = known;
  made.super.roCompat = made.super.roCompat | 0x20000U;
  made.sealSuper();
  CHECK(why(made) == "unknown read-only compatible feature 0x20000");
  made.super.roCompat = kSparseSuper | kMetadataChecksum | kHasSnapshot;
  made.sealSuper();
  CHECK_THAT(why(made), ContainsSubstring("has_snapshot"));
}

TEST_CASE("ext: a wrong checksum of the superblock is not overlooked") {
  MadeVolume made;
  made.bytes()[kSuperOffset + 0x2C] ^= std::byte{1};  // the mount time: harmless in itself
  CHECK_THAT(why(made), ContainsSubstring("checksum of the superblock"));
}

TEST_CASE("ext: a filesystem that was not unmounted and has no journal is copied whole") {
  MadeVolume made;
  made.super.state = 0;
  made.sealSuper();
  CHECK_THAT(why(made), ContainsSubstring("not unmounted cleanly"));
}

TEST_CASE("ext: a filesystem with recorded errors is copied whole") {
  MadeVolume made;
  made.super.state = kStateValid | kStateErrors;
  made.sealSuper();
  CHECK_THAT(why(made), ContainsSubstring("recorded errors"));
}

TEST_CASE("ext: a wrong checksum of a descriptor is not overlooked") {
  for (const std::uint32_t roCompat :
       {std::uint32_t{kMetadataChecksum}, std::uint32_t{kGroupChecksum}}) {
    MadeVolume made;
    made.super.roCompat = kSparseSuper | roCompat;
    made.seal();
    REQUIRE(why(made).empty());
    made.bytes()[2 * 1024 + 64 + 0x10] ^= std::byte{1};
    CHECK_THAT(why(made), ContainsSubstring("block group 1 is damaged: its checksum"));
  }
}

TEST_CASE("ext: a wrong checksum of a bitmap is not overlooked") {
  MadeVolume made;
  // One block that was free is now in use, as far as the bitmap goes: only the checksum can tell.
  made.bytes()[MadeVolume::bitmap(1) * 1024 + 100] ^= std::byte{1};
  CHECK_THAT(why(made), ContainsSubstring("bitmap of group 1 is damaged: its checksum"));
}

TEST_CASE("ext: a bitmap that has lost bits is not believed, even where nothing has a checksum") {
  MadeVolume made;
  made.super.roCompat = std::uint32_t{kSparseSuper};
  made.seal();
  REQUIRE(why(made).empty());
  const auto at = MadeVolume::bitmap(1) * 1024U + 300 / 8;
  made.bytes()[at] = std::byte{0};
  CHECK_THAT(why(made), ContainsSubstring("free blocks"));
  made.bytes()[at] = std::byte{0xFF};
  CHECK(why(made).empty());
}

TEST_CASE("ext: a filesystem that is larger than its volume is copied whole") {
  MadeVolume made;
  made.bytes().resize(made.bytes().size() - 1);
  CHECK_THAT(why(made), ContainsSubstring("the volume has only"));
  CHECK(made.used().extents == ExtentSet{{0, made.disk->size()}});
}

TEST_CASE("ext: bytes behind the filesystem are nobody's") {
  MadeVolume made;
  const std::uint64_t end = made.bytes().size();
  made.bytes().resize(end + 700);
  REQUIRE(why(made).empty());
  CHECK_FALSE(made.used().extents.intersects({end, 700}));
}

TEST_CASE("ext: descriptors that point outside are refused") {
  const auto with = [](auto change) {
    MadeVolume made;
    change(made.groups[1]);
    made.seal();
    return why(made);
  };
  CHECK_THAT(with([](auto& g) { g.blockBitmapLo = MadeVolume::kBlocks; }),
             ContainsSubstring("group 1"));
  CHECK_THAT(with([](auto& g) { g.inodeBitmapHi = 1; }), ContainsSubstring("group 1"));
  CHECK_THAT(with([](auto& g) { g.inodeTableLo = MadeVolume::kBlocks - 127; }),
             ContainsSubstring("group 1"));
  CHECK_THAT(with([](auto& g) { g.blockBitmapLo = 1; }), ContainsSubstring("into the superblock"));
  CHECK_THAT(with([](auto& g) { g.unusedInodesLo = 513; }), ContainsSubstring("unused inodes"));
  CHECK(with([](auto& g) { g.inodeTableLo = MadeVolume::kBlocks - 128; }).empty());
}

TEST_CASE("ext: without flex_bg bitmaps in another group are refused") {
  MadeVolume made;
  made.super.incompat = kFiletype | kExtents | k64Bit;
  made.seal();
  REQUIRE(why(made).empty());
  made.groups[1].inodeTableLo = MadeVolume::start(2) + 200;
  made.seal();
  CHECK_THAT(why(made), ContainsSubstring("points outside"));
}

TEST_CASE("ext: no value of any field of the superblock makes it crash or leave the volume") {
  const MadeVolume good;
  for (const bool sealed : {false, true}) {
    for (std::size_t at = 0; at < kSuperSize; at += 2) {
      for (const std::size_t width : {2U, 4U}) {
        for (const auto value : {0x00, 0xFF, 0x01, 0x80}) {
          MadeVolume made;
          std::memset(made.bytes().data() + kSuperOffset + at, value,
                      std::min(width, kSuperSize - at));
          made.super = readStruct<Super>(*made.disk, kSuperOffset);
          if (sealed) made.sealSuper();
          askEverything(made);
        }
      }
    }
  }
}

TEST_CASE("ext: no value of any field of a descriptor makes it crash or leave the volume") {
  for (const std::uint32_t feature : {std::uint32_t{kMetadataChecksum}, 0U}) {
    for (std::size_t at = 0; at < sizeof(GroupDescriptor); at += 2) {
      for (const auto value : {0x00, 0xFF, 0x01, 0x80}) {
        MadeVolume made;
        made.super.roCompat = kSparseSuper | feature;
        auto* raw = reinterpret_cast<unsigned char*>(&made.groups[1]);
        std::memset(raw + at, value, 2);
        made.seal(false);
        askEverything(made);
      }
    }
  }
}

TEST_CASE("ext: a volume that was cut anywhere makes no reader crash") {
  MadeVolume made;
  made.addJournal();
  made.seal();
  for (std::size_t size = made.bytes().size(); size > 0;
       size -= std::min<std::size_t>(size, 4099)) {
    made.bytes().resize(size);
    askEverything(made);
  }
}

TEST_CASE("ext: random damage makes no reader crash") {
  std::mt19937 random(20240229);
  const auto pick = [&](std::size_t below) { return random() % below; };
  for (int round = 0; round < 1500; ++round) {
    MadeVolume made;
    made.addJournal(pick(2) == 0 ? 0U : std::uint32_t{kJournal64Bit});
    made.journal.start = static_cast<std::uint32_t>(pick(3));
    made.sealJournal();
    made.seal();
    const std::size_t hits = 1 + pick(8);
    for (std::size_t i = 0; i < hits; ++i) {
      // Superblock and descriptors, the journal's inode, or the journal.
      const std::size_t places[] = {1024, 2048, MadeVolume::table(0) * 1024U + 7 * 256,
                                    MadeVolume::kJournal * 1024U};
      const std::size_t lengths[] = {1024, 256, 128, 3072};
      const std::size_t which = pick(4);
      made.bytes()[places[which] + pick(lengths[which])] = static_cast<std::byte>(random());
    }
    made.super = readStruct<Super>(*made.disk, kSuperOffset);
    if (pick(2) == 0) made.sealSuper();
    askEverything(made);
  }
}
