// What a sound volume has in use, wherever its format allows to keep that.
#include "tests/fs/f2fs/made_f2fs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::f2fs;
using namespace disktwin::fs::f2fs::test;

namespace {

// Everything in front of the main area, the six logs, the full segment and the sparse one.
ExtentSet expected() {
  ExtentSet out{MadeF2fs::extent(0, MadeF2fs::kMain + 6 * 512),
                MadeF2fs::extent(MadeF2fs::block(MadeF2fs::kFull, 0), 512 + 9),
                MadeF2fs::extent(MadeF2fs::block(MadeF2fs::kSparse, 500), 1)};
  return out;
}

void requireExact(MadeF2fs& made) {
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  // Gaps below 64 KiB are filled in.
  REQUIRE(map.extents == expected());
}

SitJournalEntry newerEntry(std::uint32_t segment, std::uint32_t kind, std::uint32_t block) {
  SitJournalEntry out{};
  out.segment = segment;
  MadeF2fs::mark(out.entry, block, kind);
  return out;
}

}  // namespace

TEST_CASE("f2fs: the map is what the segment table calls in use, the metadata and the logs") {
  MadeF2fs made;
  requireExact(made);
}

TEST_CASE("f2fs: of the two copies of a table's block the checkpoint chooses") {
  MadeF2fs made;
  made.setCopy(made.sitCopy, 0);
  made.setCopy(made.natCopy, 0);
  // Nothing is left of the first copies.
  requireExact(made);
  // And with a bit that is of another block, nothing is found at all.
  MadeF2fs other;
  other.setCopy(other.sitCopy, 1);
  requireExact(other);
}

TEST_CASE("f2fs: bitmaps may lie behind the checkpoint, or with the node table's in front") {
  SECTION("payload") {
    MadeF2fs made;
    made.super.checkpointPayload = 1;
    made.cp.summaryStart = 2;
    made.cp.packBlocks = 7;
    made.setCopy(made.sitCopy, 0);
    made.setCopy(made.natCopy, 0);
    requireExact(made);
  }
  SECTION("large_nat_bitmap") {
    MadeF2fs made;
    made.cp.flags = made.cp.flags | kLargeNatBitmap;
    made.cp.checksumOffset = sizeof(Checkpoint);
    made.setCopy(made.sitCopy, 0);
    made.setCopy(made.natCopy, 0);
    requireExact(made);
  }
}

TEST_CASE("f2fs: the journals beside the checkpoint override the tables") {
  const bool compact = GENERATE(true, false);
  CAPTURE(compact);
  MadeF2fs made;
  if (!compact) {
    made.cp.flags = kUnmounted | kCrcRecovery;
    made.cp.packBlocks = 8;
  }
  // Segment 11 is free in the table, segment 10 in use: the journal says the reverse.
  made.sitJournal = {newerEntry(11, 1, 200), SitJournalEntry{}};
  made.sitJournal[1].segment = MadeF2fs::kSparse;
  made.cp.validBlocks = made.cp.validBlocks - 2;
  // The root directory has moved to where only the journal knows of it.
  made.sitJournal.push_back(newerEntry(8, 3, 30));
  made.cp.validBlocks = made.cp.validBlocks + 1;
  made.cp.validNodes = made.cp.validNodes + 1;
  made.cp.freeSegments = 3;
  NatJournalEntry moved{};
  moved.node = 3;
  moved.entry.block = MadeF2fs::block(8, 30);
  NatJournalEntry another{};
  another.node = 300;
  another.entry.block = MadeF2fs::block(3, 0);
  made.natJournal = {moved, another};
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents == ExtentSet{MadeF2fs::extent(0, MadeF2fs::kMain + 6 * 512),
                                 MadeF2fs::extent(MadeF2fs::block(8, 30), 1),
                                 MadeF2fs::extent(MadeF2fs::block(MadeF2fs::kFull, 0), 512),
                                 MadeF2fs::extent(MadeF2fs::block(11, 200), 1)});
}

TEST_CASE("f2fs: the checkpoint with the higher version counts, even when versions wrap") {
  MadeF2fs made;
  made.cp.version = 3;
  made.otherVersion = 0xFFFFFFFFFFFFFFF0ULL;
  const auto disk = made.disk();
  // The other one is not even of this filesystem any more.
  CHECK(open(disk)->used().extents == expected());
  made.otherVersion = 9;
  made.cp.version = 8;
  // Now the first pack counts; what tells them apart is its bitmap.
  const auto reversed = made.disk();
  MadeF2fs first = made;
  first.setCopy(first.sitCopy, 0);
  const auto source = first.disk();
  const auto pack =
      readBytes(*source, MadeF2fs::extent(MadeF2fs::kCheckpoint, 0).offset, 512 * 4096);
  reversed->put(MadeF2fs::extent(MadeF2fs::kCheckpoint, 0).offset,
                std::span<const std::byte>(pack));
  CHECK_FALSE(open(reversed)->used().whyWhole.empty());
}

TEST_CASE("f2fs: what files have reserved is counted and lies nowhere") {
  MadeF2fs made;
  const std::uint32_t inode = MadeF2fs::block(MadeF2fs::kWarmNodes, 0);
  made.poke(inode, 0, le16(0x8000));
  const NodeFooter footer{le32(4), le32(4), le32(0), le64(1), le32(0)};
  made.poke(inode, kFooterOffset, footer);
  made.poke(inode, MadeF2fs::kAddresses, le32(MadeF2fs::block(MadeF2fs::kSparse, 7)));
  for (std::uint32_t i = 1; i <= 5; ++i)
    made.poke(inode, MadeF2fs::kAddresses + i * 4, le32(kNewBlock));
  made.poke(inode, MadeF2fs::kAddresses + 24, le32(kCompressedCluster));
  // Direct nodes hold nothing but addresses, indirect ones numbers of nodes.
  const std::uint32_t direct = MadeF2fs::block(MadeF2fs::kWarmNodes, 1);
  made.poke(direct, kFooterOffset, NodeFooter{le32(5), le32(4), le32(1U << 3), le64(1), le32(0)});
  made.poke(direct, 1017 * 4, le32(kNewBlock));
  const std::uint32_t indirect = MadeF2fs::block(MadeF2fs::kWarmNodes, 2);
  made.poke(indirect, kFooterOffset, NodeFooter{le32(6), le32(4), le32(3U << 3), le64(1), le32(0)});
  made.poke(indirect, 0, le32(kNewBlock));
  // The root directory's block stands for one below a double indirect node.
  const std::uint32_t lower = MadeF2fs::block(3, 0);
  made.poke(lower, kFooterOffset,
            NodeFooter{le32(3), le32(4), le32((6U + 2 * 1018) << 3), le64(1), le32(0)});
  made.poke(lower, 0, le32(kNewBlock));
  const std::uint64_t counted = made.cp.validBlocks;
  for (const std::uint64_t reserved : {6U, 7U}) {
    made.cp.validBlocks = counted + reserved;
    requireExact(made);
  }
  for (const std::uint64_t reserved : {1U, 5U, 8U}) {
    made.cp.validBlocks = counted + reserved;
    CHECK_THAT(made.used().whyWhole, ContainsSubstring("has lost"));
  }
  made.cp.validBlocks = counted + 6;
  made.poke(inode, MadeF2fs::kAddresses, le32(MadeF2fs::block(11, 7)));
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("which the segment table calls free"));
}

TEST_CASE("f2fs: a read-only filesystem has two logs and no summary area") {
  MadeF2fs made;
  made.super.features = kReadOnly | kSuperChecksum;
  made.cp.dataSegment[1] = made.cp.dataSegment[2] = 0;
  made.cp.nodeSegment[1] = made.cp.nodeSegment[2] = 0;
  made.cp.freeSegments = 6;
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(MadeF2fs::extent(MadeF2fs::block(3, 0), 512)));
  CHECK_FALSE(map.extents.intersects(MadeF2fs::extent(MadeF2fs::block(1, 0), 512)));
}

TEST_CASE("f2fs: what it is called, and how it is") {
  MadeF2fs made;
  const char16_t label[] = u"Gr\u00F6\u00DFe \U0001F4BE\xD800";
  for (std::size_t i = 0; i < std::size(label); ++i) made.super.label[i] = label[i];
  for (std::size_t i = 0; i < 16; ++i) made.super.uuid[i] = static_cast<std::uint8_t>(0x10 + i);
  const auto fs = made.fs();
  CHECK(fs->info().type == "f2fs");
  CHECK(fs->info().label ==
        "Gr\xC3\xB6\xC3\x9F"
        "e \xF0\x9F\x92\xBE\xEF\xBF\xBD");
  CHECK(fs->info().uuid == "10111213-1415-1617-1819-1a1b1c1d1e1f");
  CHECK(fs->info().blockSize == 4096);
  CHECK(fs->info().size == std::uint64_t{MadeF2fs::kBlocks} * 4096);
  CHECK(fs->info().used == (std::uint64_t{MadeF2fs::kMain} + 520) * 4096);
  CHECK(fs->info().state == fs::VolumeState::Clean);
  CHECK(fs->info().notes.empty());
  CHECK(fs->signatures() == ExtentSet{{1024, 3072}, {5120, 3072}});
}
