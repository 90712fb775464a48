// A map that cannot be proven complete is refused with a reason.
#include "tests/fs/f2fs/made_f2fs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::f2fs;
using namespace disktwin::fs::f2fs::test;

namespace {

template <typename Change>
std::string whyAfter(const Change& change) {
  MadeF2fs made;
  change(made);
  const auto disk = made.disk();
  const fs::UsedMap map = open(disk)->used();
  if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{{0, disk->size()}});
  return map.whyWhole;
}

std::string whyWithFlag(std::uint32_t flag) {
  return whyAfter([&](MadeF2fs& m) { m.cp.flags = m.cp.flags | flag; });
}

fs::VolumeState stateWithFlags(std::uint32_t flags) {
  MadeF2fs made;
  made.cp.flags = flags;
  return made.fs()->info().state;
}

// A node behind the checkpoint, as a flush leaves it.
NodeFooter flushed(const MadeF2fs& made) {
  const auto disk = MadeF2fs(made).disk();
  const auto head =
      readBytes(*disk, MadeF2fs::extent(MadeF2fs::kCheckpoint + 512, 0).offset, kBlockSize);
  NodeFooter footer{};
  footer.node = footer.inode = 9;
  footer.checkpointVersion = made.cp.version | std::uint64_t{storedChecksum(head)} << 32;
  return footer;
}

}  // namespace

TEST_CASE("f2fs: features that change what has to be copied, and unknown ones, are refused") {
  const auto with = [](std::uint32_t feature) {
    return whyAfter([&](MadeF2fs& m) { m.super.features = m.super.features | feature; });
  };
  CHECK_THAT(with(kZoned), ContainsSubstring("zoned"));
  CHECK(with(0x8000) == "unknown feature 0x8000");  // device aliasing
  CHECK(with(0x80010000) == "unknown feature 0x80010000");
  CHECK(with(kEncrypt | kAtomicWrite | kExtraAttributes | kProjectQuota | kInodeChecksum |
             kFlexibleInlineXattr | kQuotaInodes | kCreationTime | kLostFound | kVerity |
             kCasefold | kCompression)
            .empty());
}

TEST_CASE("f2fs: several devices are named and copied whole") {
  MadeF2fs made;
  std::strcpy(made.super.devices[0].path, "/dev/sda1");
  std::strcpy(made.super.devices[1].path, "/dev/sdb");
  const auto fs = made.fs();
  CHECK_THAT(fs->used().whyWhole, ContainsSubstring("several devices"));
  REQUIRE(fs->info().notes.size() == 1);
  CHECK_THAT(fs->info().notes[0], ContainsSubstring("/dev/sda1, /dev/sdb"));
}

TEST_CASE("f2fs: the superblocks have to be alike and whole") {
  MadeF2fs made;
  const auto first = made.disk();
  const auto second = made.disk();
  std::byte odd{1};
  first->put(kSuperOffset + 900, std::span<const std::byte>(&odd, 1));
  second->put(kBackupSuperOffset + 900, std::span<const std::byte>(&odd, 1));
  CHECK_FALSE(open(first)->used().whyWhole.empty());
  CHECK_FALSE(open(second)->used().whyWhole.empty());
  const std::array<std::byte, 4> none{};
  first->put(kSuperOffset, std::span<const std::byte>(none));
  REQUIRE(open(first));
  CHECK_THAT(open(first)->info().notes.at(0), ContainsSubstring("from the copy"));
  CHECK_FALSE(open(first)->used().whyWhole.empty());
  // A copy that makes no sense is a leftover of something else.
  first->put(kBackupSuperOffset + 900, std::span<const std::byte>(&odd, 1));
  CHECK_FALSE(open(first));
}

TEST_CASE("f2fs: numbers of the superblock that contradict one another are refused") {
  const auto with = [](le32 Super::*field, std::uint32_t value) {
    return whyAfter([&](MadeF2fs& m) { m.super.*field = value; });
  };
  CHECK_THAT(with(&Super::logBlockSize, 14), ContainsSubstring("not of 4096 bytes"));
  CHECK_FALSE(with(&Super::logBlocksPerSegment, 10).empty());
  CHECK_FALSE(with(&Super::checkpointSegments, 3).empty());
  CHECK_FALSE(with(&Super::sitSegments, 0xFFFFFFFE).empty());
  CHECK_FALSE(with(&Super::natSegments, 3).empty());
  CHECK_FALSE(with(&Super::ssaSegments, 0).empty());
  CHECK_FALSE(with(&Super::mainSegments, MadeF2fs::kSegments + 1).empty());
  CHECK_FALSE(with(&Super::segmentCount, 1).empty());
  CHECK_FALSE(with(&Super::mainStart, MadeF2fs::kMain - 1).empty());
  CHECK_FALSE(with(&Super::checkpointPayload, 512).empty());
  CHECK_FALSE(with(&Super::rootInode, 0x7FFFFFFF).empty());
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.super.blockCount = MadeF2fs::kBlocks + 1; }),
             ContainsSubstring("the volume has only"));
  CHECK_FALSE(whyAfter([](MadeF2fs& m) { m.super.blockCount = ~std::uint64_t{0}; }).empty());
}

TEST_CASE("f2fs: recorded errors and unfinished business are refused") {
  CHECK_THAT(whyWithFlag(kErrors), ContainsSubstring("recorded errors"));
  CHECK_THAT(whyWithFlag(kWantsFsck), ContainsSubstring("recorded errors"));
  CHECK_THAT(whyWithFlag(kDisabled), ContainsSubstring("switched off"));
  CHECK_THAT(whyWithFlag(kResizing), ContainsSubstring("size"));
  CHECK(whyWithFlag(0x10000) == "unknown flag 0x10000 of the checkpoint");
  CHECK(whyWithFlag(kOrphans | kQuotaWantsFsck | kTrimmed | kNatBits).empty());
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.super.errors[3] = 4; }), ContainsSubstring("damage"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.flags = kCompactSummaries | kCrcRecovery; }),
             ContainsSubstring("not unmounted cleanly"));
}

TEST_CASE("f2fs: the state tells a crash from errors") {
  const std::uint32_t clean = kUnmounted | kCompactSummaries;
  CHECK(stateWithFlags(clean) == fs::VolumeState::Clean);
  CHECK(stateWithFlags(kCompactSummaries) == fs::VolumeState::NeedsRecovery);
  CHECK(stateWithFlags(clean | kErrors) == fs::VolumeState::Dirty);
  CHECK(stateWithFlags(clean | kWantsFsck) == fs::VolumeState::Dirty);
  CHECK(stateWithFlags(clean | kDisabled) == fs::VolumeState::Dirty);
  MadeF2fs made;
  made.super.stopReasons[0] = 1;
  CHECK(made.fs()->info().state == fs::VolumeState::Dirty);
  CHECK(made.fs()->used().whyWhole.empty());
}

TEST_CASE("f2fs: one sound checkpoint alone may be the wrong one") {
  for (const int which : {0, 1}) {
    CHECK_THAT(whyAfter([&](MadeF2fs& m) { m.sound[which] = false; }),
               ContainsSubstring("one of its two checkpoints"));
  }
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.sound[0] = m.sound[1] = false; }),
             ContainsSubstring("neither"));
  MadeF2fs torn;
  const auto disk = torn.disk();
  const std::byte odd{1};
  const std::uint64_t last = MadeF2fs::extent(MadeF2fs::kCheckpoint + 512 + 5, 0).offset;
  disk->put(last + 1000, std::span(&odd, 1));
  CHECK_THAT(open(disk)->used().whyWhole, ContainsSubstring("one of its two checkpoints"));
  CHECK(open(disk)->info().state == fs::VolumeState::Dirty);
  // Or it is sound, but of another checkpoint: the writing was not finished.
  const auto other =
      readBytes(*disk, MadeF2fs::extent(MadeF2fs::kCheckpoint + 5, 0).offset, kBlockSize);
  disk->put(last, std::span<const std::byte>(other));
  CHECK_THAT(open(disk)->used().whyWhole, ContainsSubstring("one of its two checkpoints"));
  CHECK_FALSE(whyAfter([](MadeF2fs& m) { m.cp.packBlocks = 513; }).empty());
  CHECK_FALSE(whyAfter([](MadeF2fs& m) { m.cp.packBlocks = 2; }).empty());
  CHECK_FALSE(whyAfter([](MadeF2fs& m) { m.cp.sitBitmapBytes = 3000; }).empty());
  CHECK_FALSE(whyAfter([](MadeF2fs& m) { m.cp.checksumOffset = 300; }).empty());
  CHECK_FALSE(whyAfter([](MadeF2fs& m) { m.cp.checksumOffset = 0xFFFFFFFF; }).empty());
}

TEST_CASE("f2fs: what was flushed after the checkpoint lies in blocks that are called free") {
  const std::uint32_t next = MadeF2fs::block(MadeF2fs::kWarmNodes, MadeF2fs::kNextNode);
  SECTION("the version with the checksum of the checkpoint") {
    MadeF2fs made;
    made.poke(next, kFooterOffset, flushed(made));
    const auto fs = made.fs();
    CHECK_THAT(fs->used().whyWhole, ContainsSubstring("after the last checkpoint"));
    CHECK(fs->info().state == fs::VolumeState::NeedsRecovery);
  }
  SECTION("the version without, where the checkpoint has no use for it") {
    MadeF2fs made;
    NodeFooter footer = flushed(made);
    footer.checkpointVersion = made.cp.version.value();
    made.poke(next, kFooterOffset, footer);
    CHECK(made.used().whyWhole.empty());
    made.cp.flags = kUnmounted | kCompactSummaries;
    CHECK_FALSE(made.used().whyWhole.empty());
    made.cp.flags = kUnmounted | kCompactSummaries | kCrcRecovery | kNoCrcRecovery;
    CHECK_FALSE(made.used().whyWhole.empty());
  }
  SECTION("an older one is nothing") {
    MadeF2fs made;
    NodeFooter footer = flushed(made);
    footer.checkpointVersion = footer.checkpointVersion - 1;
    made.poke(next, kFooterOffset, footer);
    CHECK(made.used().whyWhole.empty());
  }
}

TEST_CASE("f2fs: entries of segments that contradict themselves or the checkpoint are refused") {
  const auto sparse = MadeF2fs::kSparse;
  CHECK_THAT(whyAfter([&](MadeF2fs& m) { m.sit[sparse].valid[20] = 1; }),
             ContainsSubstring("segment 10 is damaged"));
  CHECK_THAT(whyAfter([&](MadeF2fs& m) { m.sit[sparse] = SitEntry{}; }),
             ContainsSubstring("has lost"));
  CHECK_THAT(whyAfter([&](MadeF2fs& m) { m.mark(sparse, 100, 1); }),
             ContainsSubstring("blocks in use"));
  CHECK_THAT(whyAfter([&](MadeF2fs& m) {
               m.sit[sparse].kindAndCount = static_cast<std::uint16_t>(4U << 10 | 3U);
             }),
             ContainsSubstring("7 of them nodes"));
  CHECK_THAT(whyAfter([&](MadeF2fs& m) {
               m.sit[sparse].kindAndCount = static_cast<std::uint16_t>(6U << 10 | 3U);
             }),
             ContainsSubstring("unknown kind"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.freeSegments = 5; }),
             ContainsSubstring("free segments"));
  // Where the next block will be written, nothing may lie.
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.nodeOffset[1] = 2; }),
             ContainsSubstring("write over"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) {
               m.cp.dataSegment[2] = 7;
               m.cp.dataSegment[1] = 7;
             }),
             ContainsSubstring("two logs"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.dataSegment[2] = MadeF2fs::kSegments; }),
             ContainsSubstring("does not exist"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.dataOffset[2] = 512; }),
             ContainsSubstring("does not exist"));
}

TEST_CASE("f2fs: nodes that do not lie where the segment table has nodes are refused") {
  const auto at = [](std::uint32_t block) {
    return whyAfter([&](MadeF2fs& m) { m.nat[5] = block; });
  };
  CHECK_THAT(at(MadeF2fs::block(11, 0)), ContainsSubstring("node 5 would lie"));
  CHECK_THAT(at(MadeF2fs::block(MadeF2fs::kWarmNodes, 77)), ContainsSubstring("node 5"));
  CHECK_THAT(at(MadeF2fs::block(MadeF2fs::kFull, 0)), ContainsSubstring("node 5"));
  CHECK_THAT(at(MadeF2fs::kBlocks), ContainsSubstring("node 5"));
  CHECK_THAT(at(1), ContainsSubstring("node 5"));
  CHECK_THAT(at(kNewBlock), ContainsSubstring("node 5"));
  CHECK_THAT(at(0), ContainsSubstring("3 nodes"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.super.rootInode = 99; }),
             ContainsSubstring("root directory"));
}

TEST_CASE("f2fs: journals that cannot be are refused") {
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.sitJournalCount = kMostSitJournal + 1; }),
             ContainsSubstring("more entries"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) {
               m.sitJournal.resize(1);
               m.sitJournal[0].segment = MadeF2fs::kSegments;
             }),
             ContainsSubstring("does not exist"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.sitJournal.resize(2); }), ContainsSubstring("twice"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.summaryStart = 0; }), ContainsSubstring("outside"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.summaryStart = 5; }), ContainsSubstring("outside"));
  CHECK_THAT(whyAfter([](MadeF2fs& m) { m.cp.flags = kUnmounted | kCrcRecovery; }),
             ContainsSubstring("as many summaries"));
}
