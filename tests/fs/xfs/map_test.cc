// What the reader says of volumes that are as they should be.
#include "tests/fs/xfs/made_xfs.h"
#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

using namespace disktwin;
using namespace disktwin::fs::xfs;
using namespace disktwin::fs::xfs::test;

TEST_CASE("xfs: a volume is recognised and named") {
  const MadeXfs made;
  const auto fs = made.fs();
  REQUIRE(fs);
  CHECK(fs->info().type == "xfs");
  CHECK(fs->info().label == "made volume");
  CHECK(fs->info().uuid == "10111213-1415-1617-1819-1a1b1c1d1e1f");
  CHECK(fs->info().blockSize == 1024);
  CHECK(fs->info().size == made.disk->size());
  CHECK(fs->info().state == fs::VolumeState::Clean);
  CHECK(fs->info().used == made.truth().bytes() - 3 * 4 * 1024);
  CHECK(fs->info().notes.empty());
}

TEST_CASE("xfs: a label may fill its field") {
  MadeXfs made;
  std::memcpy(made.super.label, "twelve bytes", 12);
  made.sealSuper();
  CHECK(made.fs()->info().label == "twelve bytes");
}

TEST_CASE("xfs: no signature, no filesystem") {
  MadeXfs made;
  made.bytes()[3] = std::byte{0};
  CHECK_FALSE(made.fs());
  for (const std::size_t size : {0U, 4U, 263U}) {
    auto tiny = std::make_shared<disktwin::test::MemoryDisk>(size);
    if (size >= 4) tiny->put(0, be32(kSuperMagic));
    CHECK_FALSE(fs::xfs::open(tiny));
  }
}

TEST_CASE("xfs: the map is what no group lists as free") {
  const int version = GENERATE(4, 5);
  const MadeXfs made(version);
  REQUIRE(made.treeBlock(0, 0, 2) != 0);
  const fs::UsedMap map = made.fs()->used();
  CHECK(map.whyWhole.empty());
  CHECK(map.extents == made.truth().withGapsFilled(64 * KiB));
  CHECK(map.zeroes.empty());
}

TEST_CASE("xfs: groups may be full, or free up to both ends") {
  MadeXfs made;
  made.free[0] = {};
  made.free[1] = {{2, 8}, {1100, 100}};
  made.free[2] = {{600, 100}};
  made.write();
  REQUIRE(made.why().empty());
  CHECK(made.fs()->used().extents == made.truth().withGapsFilled(64 * KiB));
}

TEST_CASE("xfs: each group's superblock is a signature") {
  const MadeXfs made;
  CHECK(made.fs()->signatures() ==
        ExtentSet{{0, 512}, {made.groupAt(1), 512}, {made.groupAt(2), 512}});
}

TEST_CASE("xfs: a second UUID is that of the metadata") {
  MadeXfs made;
  made.super.metaUuid = made.super.uuid;
  made.super.incompat = made.super.incompat | kMetaUuid;
  made.super.uuid[0] = 0x99;
  made.sealSuper();
  made.writeLog(5, 1);
  CHECK(made.why().empty());
  CHECK(made.fs()->info().uuid.substr(0, 8) == "99111213");
  made.super.metaUuid[5] ^= 1;
  made.sealSuper();
  CHECK_THAT(made.why(), ContainsSubstring("another filesystem"));
}

TEST_CASE("xfs: what lies behind the filesystem is nobody's") {
  MadeXfs made;
  const std::uint64_t end = made.disk->size();
  made.bytes().resize(end + 20 * MiB);
  REQUIRE(made.why().empty());
  CHECK_FALSE(made.fs()->used().extents.intersects({end, 20 * MiB}));
  CHECK_THAT(made.fs()->info().notes.at(0), ContainsSubstring("larger than the filesystem"));
}

TEST_CASE("xfs: other devices that it needs are spoken of") {
  MadeXfs made;
  made.super.realtimeBlocks = 1000U;
  made.sealSuper();
  CHECK(made.why().empty());
  CHECK_THAT(made.fs()->info().notes.at(0), ContainsSubstring("realtime"));
  made.super.logStart = 0U;
  made.sealSuper();
  CHECK_THAT(made.why(), ContainsSubstring("log lies on another device"));
  CHECK(made.fs()->info().state == fs::VolumeState::Unknown);
  CHECK_THAT(made.fs()->info().notes.at(1), ContainsSubstring("log lies on another device"));
}

TEST_CASE("xfs: listing a large volume and mapping it read little") {
  // 64 TiB in groups of 1 TiB, each with one free run.
  constexpr std::uint32_t kBlocks = 1U << 28;
  constexpr std::uint64_t kSize = 64 * TiB;
  auto disk = std::make_shared<disktwin::test::SparseDisk>(kSize);
  MadeXfs made(4);
  Super super = made.super;
  super.blockSize = 4096U;
  super.blockLog = 12;
  super.inodesPerBlockLog = 3;
  super.rootInode = std::uint64_t{100} << 3;
  super.groupBlocks = kBlocks;
  super.groupBlockLog = 28;
  super.groupCount = 64U;
  super.dataBlocks = kSize / 4096;
  super.logStart = std::uint64_t{1} << 28 | 200;
  super.logBlocks = 32U;
  super.freeDataBlocks = kSize / 4096;
  disk->put(0, super);
  for (std::uint32_t group = 0; group < 64; ++group) {
    auto header = made.get<GroupFree>(made.headerAt(0));
    header.number = group;
    header.length = kBlocks;
    header.levels[0] = header.levels[1] = 1U;
    header.roots[0] = 1U;
    header.roots[1] = 2U;
    header.longest = header.freeBlocks = kBlocks - 1000;
    const std::uint64_t at = group * TiB;
    disk->put(at + 512, header);
    for (std::uint32_t tree = 0; tree < 2; ++tree) {
      const TreeHeader block{0x41425442U + tree, std::uint16_t{0}, std::uint16_t{1}, kNoBlock,
                             kNoBlock};
      disk->put(at + (1 + tree) * 4096, block);
      disk->put(at + (1 + tree) * 4096 + sizeof block, FreeRecord{1000U, kBlocks - 1000});
    }
  }
  disk->put(TiB + 200 * 4096,
            std::span<const std::byte>(made.bytes()).subspan(made.logAt(0), 32 * 4096));
  const auto fs = fs::xfs::open(disk);
  REQUIRE(fs);
  CHECK(fs->info().state == fs::VolumeState::Clean);
  CHECK(disk->bytesRead() < 3 * MiB);
  const fs::UsedMap map = fs->used();
  CHECK(map.whyWhole.empty());
  CHECK(map.extents.bytes() == 64 * 1000 * 4096);
  CHECK(disk->bytesRead() < 8 * MiB);
}
