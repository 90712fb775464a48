// A map that cannot be proven complete is refused with a reason, thing by thing. Checksums are
// right here: what is refused is refused for what it says.
#include "tests/fs/xfs/made_xfs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::xfs;
using namespace disktwin::fs::xfs::test;

namespace {

template <typename Change>
std::string whyWithSuper(const Change& change, int version = 5) {
  MadeXfs made(version);
  change(made.super);
  made.sealSuper();
  return made.why();
}

template <typename Change>
std::string whyWithGroup(const Change& change) {
  MadeXfs made;
  made.edit<GroupFree>(made.headerAt(1), change);
  made.sealGroup(1);
  return made.why();
}

// Group 0, the tree sorted by `tree`, its first block at `level`.
template <typename Change>
std::string whyWithTree(std::uint32_t level, const Change& change, std::uint32_t tree = 0) {
  MadeXfs made;
  const std::uint32_t block = made.treeBlock(0, tree, level);
  made.edit<TreeHeader5>(made.blockAt(0, block), change);
  made.sealTree(0, block);
  return made.why();
}

template <typename Change>
std::string whyWithRecord(std::uint32_t level, std::size_t index, const Change& change) {
  MadeXfs made;
  const std::uint32_t block = made.treeBlock(0, 0, level);
  made.edit<FreeRecord>(made.blockAt(0, block) + sizeof(TreeHeader5) + index * sizeof(FreeRecord),
                        change);
  made.sealTree(0, block);
  return made.why();
}

// Lets a pointer in the first block at `level` lead elsewhere.
std::string whyWithPointer(std::uint32_t level, std::size_t index, std::uint32_t to) {
  MadeXfs made;
  const std::uint32_t block = made.treeBlock(0, 0, level);
  const std::size_t room = (MadeXfs::kBlock - sizeof(TreeHeader5)) / 12;
  made.disk->put(made.blockAt(0, block) + sizeof(TreeHeader5) + room * 8 + index * 4, be32(to));
  made.sealTree(0, block);
  return made.why();
}

std::string whyWithFree(std::uint32_t group, const std::vector<Run>& runs) {
  MadeXfs made;
  made.free[group] = runs;
  made.write();
  return made.why();
}

}  // namespace

TEST_CASE("xfs: unknown features are refused and named") {
  CHECK(whyWithSuper([](auto& s) { s.incompat = 0x80000000U; }) ==
        "unknown incompatible feature 0x80000000");
  CHECK_THAT(whyWithSuper([](auto& s) { s.incompat = s.incompat | kMetadataDirectory; }),
             ContainsSubstring("metadir"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.incompat = s.incompat | kZoned; }),
             ContainsSubstring("zoned"));
  CHECK(whyWithSuper([](auto& s) { s.roCompat = 0x10U; }) ==
        "unknown read-only compatible feature 0x10");
  CHECK(whyWithSuper([](auto& s) { s.logIncompat = 0x2U; }) ==
        "unknown log-incompatible feature 0x2");
  CHECK(whyWithSuper([](auto& s) { s.logIncompat = kLogAttributes; }).empty());
  CHECK(whyWithSuper([](auto& s) { s.features2 = s.features2 | 0x10U; }, 4) ==
        "unknown incompatible feature 0x10");
  CHECK_THAT(whyWithSuper([](auto& s) { s.version = std::uint16_t(s.version | 0x200); }, 4),
             ContainsSubstring("shared"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.version = std::uint16_t{3}; }, 4),
             ContainsSubstring("version 3"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.version = std::uint16_t(0xB4A6); }),
             ContainsSubstring("version 6"));
  CHECK(whyWithSuper([](auto& s) {
          s.incompat = 0xEFU & ~(kNeedsRepair | kMetaUuid);
          s.roCompat = 0xFU;
        }).empty());
}

TEST_CASE("xfs: features that are not understood are spoken of, and are no fault") {
  MadeXfs made;
  made.super.incompat = made.super.incompat | kMetadataDirectory;
  made.super.compat = 1U;
  made.sealSuper();
  const auto fs = made.fs();
  CHECK(fs->info().state == fs::VolumeState::Clean);
  CHECK_THAT(fs->info().notes.at(0), ContainsSubstring("compatible features (0x1)"));
  CHECK_THAT(fs->info().notes.at(1), ContainsSubstring("metadir"));
}

TEST_CASE("xfs: a filesystem that distrusts itself is copied whole") {
  CHECK_THAT(whyWithSuper([](auto& s) { s.incompat = s.incompat | kNeedsRepair; }),
             ContainsSubstring("needs a repair"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.inProgress = 1; }), ContainsSubstring("not finished"));
  MadeXfs made;
  made.super.inProgress = 1;
  made.sealSuper();
  CHECK(made.fs()->info().state == fs::VolumeState::Dirty);
}

TEST_CASE("xfs: sizes that contradict each other are refused") {
  CHECK_THAT(whyWithSuper([](auto& s) { s.dataBlocks = s.dataBlocks + 1; }),
             ContainsSubstring("the volume has only"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.dataBlocks = ~std::uint64_t{0}; }),
             ContainsSubstring("the volume has only"));
  for (const std::uint64_t blocks : {0U, 2400U, 2463U}) {
    CHECK_THAT(whyWithSuper([&](auto& s) { s.dataBlocks = blocks; }), ContainsSubstring("groups"));
  }
  for (const std::uint32_t groups : {0U, 2U, 4U, 0xFFFFFFFFU}) {
    CHECK_THAT(whyWithSuper([&](auto& s) { s.groupCount = groups; }), ContainsSubstring("groups"));
  }
  CHECK_THAT(whyWithSuper([](auto& s) { s.groupBlockLog = 10; }), ContainsSubstring("groups"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.groupBlockLog = 12; }), ContainsSubstring("groups"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.blockLog = 12; }), ContainsSubstring("blocks of"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.blockSize = 0U; }), ContainsSubstring("blocks of"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.sectorLog = 10; }), ContainsSubstring("sectors of"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.sectorSize = std::uint16_t{0}; }),
             ContainsSubstring("sectors of"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.logStart = std::uint64_t{3} << 11 | 200; }),
             ContainsSubstring("log would lie outside"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.logStart = std::uint64_t{2} << 11 | 600; }),
             ContainsSubstring("log would lie outside"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.logBlocks = 0xFFFFFFFFU; }),
             ContainsSubstring("log would lie outside"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.rootInode = std::uint64_t{1199} << 12; }),
             ContainsSubstring("root directory"));
  CHECK_THAT(whyWithSuper([](auto& s) { s.inodesPerBlockLog = 200; }),
             ContainsSubstring("no inodes fit"));
}

TEST_CASE("xfs: a superblock that counts fewer free blocks than the groups list is not believed") {
  CHECK(whyWithSuper([](auto& s) { s.freeDataBlocks = s.freeDataBlocks + 9; }).empty());
  CHECK_THAT(whyWithSuper([](auto& s) { s.freeDataBlocks = s.freeDataBlocks - 1; }),
             ContainsSubstring("free blocks, but its superblock only"));
}

TEST_CASE("xfs: headers of groups that contradict the rest are refused") {
  CHECK(whyWithGroup([](auto&) {}).empty());
  CHECK_THAT(whyWithGroup([](auto& h) { h.magic = 0U; }), ContainsSubstring("group 1"));
  CHECK_THAT(whyWithGroup([](auto& h) { h.version = 2U; }), ContainsSubstring("no mark"));
  CHECK_THAT(whyWithGroup([](auto& h) { h.number = 0U; }), ContainsSubstring("number or size"));
  CHECK_THAT(whyWithGroup([](auto& h) { h.length = 1199U; }), ContainsSubstring("number or size"));
  CHECK_THAT(whyWithGroup([](auto& h) { h.uuid[0] ^= 1; }),
             ContainsSubstring("another filesystem"));
  CHECK_THAT(whyWithGroup([](auto& h) { h.listCount = 129U; }), ContainsSubstring("free list"));
  CHECK_THAT(whyWithGroup([](auto& h) { h.freeBlocks = h.freeBlocks + 1; }),
             ContainsSubstring("do not agree"));
  CHECK_THAT(whyWithGroup([](auto& h) { h.longest = h.longest + 1; }),
             ContainsSubstring("do not agree"));
  for (const std::uint32_t levels : {0U, 2U, 9U, 10U, 0xFFFFFFFFU}) {
    CHECK_FALSE(whyWithGroup([&](auto& h) { h.levels[0] = levels; }).empty());
    CHECK_FALSE(whyWithGroup([&](auto& h) { h.levels[1] = levels; }).empty());
  }
  for (const std::uint32_t root : {0U, 1U, 1200U, 0xFFFFFFFFU}) {
    CHECK_THAT(whyWithGroup([&](auto& h) { h.roots[0] = root; }), ContainsSubstring("root"));
    CHECK_THAT(whyWithGroup([&](auto& h) { h.roots[1] = root; }), ContainsSubstring("root"));
  }
  CHECK_THAT(whyWithGroup([](auto& h) { h.roots[0] = h.roots[1].value(); }),
             ContainsSubstring("two things claim"));
}

TEST_CASE("xfs: blocks of trees that contradict the rest are refused") {
  for (const std::uint32_t tree : {0U, 1U}) {
    for (const std::uint32_t level : {0U, 1U, 2U}) {
      const auto with = [&](auto change) { return whyWithTree(level, change, tree); };
      CHECK(with([](auto&) {}).empty());
      CHECK_THAT(with([](auto& h) { h.common.magic = 0x41425442U; }),
                 ContainsSubstring("no part of it"));
      CHECK_THAT(with([](auto& h) { h.common.level = std::uint16_t(h.common.level + 1); }),
                 ContainsSubstring("no part of it"));
      CHECK_FALSE(with([](auto& h) { h.common.records = std::uint16_t{0xFFFF}; }).empty());
      CHECK_THAT(with([](auto& h) { h.common.records = std::uint16_t{0}; }),
                 ContainsSubstring("is empty"));
      CHECK_FALSE(
          with([](auto& h) { h.common.records = std::uint16_t(h.common.records - 1); }).empty());
      CHECK_THAT(with([](auto& h) { h.common.left = 10U; }), ContainsSubstring("neighbours"));
      CHECK_THAT(with([](auto& h) { h.common.right = h.common.right - 1; }),
                 ContainsSubstring("neighbours"));
      CHECK_THAT(with([](auto& h) { h.place = h.place + 2; }), ContainsSubstring("elsewhere"));
      CHECK_THAT(with([](auto& h) { h.group = 1U; }), ContainsSubstring("elsewhere"));
      CHECK_THAT(with([](auto& h) { h.uuid[15] ^= 1; }), ContainsSubstring("elsewhere"));
    }
  }
}

TEST_CASE("xfs: records that contradict each other are refused") {
  CHECK(whyWithRecord(0, 1, [](auto&) {}).empty());
  CHECK_FALSE(whyWithRecord(0, 1, [](auto& r) { r.count = 0U; }).empty());
  CHECK_FALSE(whyWithRecord(0, 1, [](auto& r) { r.count = 5U; }).empty());
  CHECK_FALSE(whyWithRecord(0, 1, [](auto& r) { r.count = r.count + 1; }).empty());
  CHECK_FALSE(whyWithRecord(0, 1, [](auto& r) { r.count = 0xFFFFFFFFU; }).empty());
  CHECK_FALSE(whyWithRecord(0, 0, [](auto& r) { r.start = 1U; }).empty());
  CHECK_FALSE(whyWithRecord(0, 0, [](auto& r) { r.start = r.start - 1; }).empty());
  CHECK_FALSE(whyWithRecord(0, 11, [](auto& r) { r.start = 0xFFFFFFF0U; }).empty());
  // A shifted run has the same length: only the other tree knows better.
  CHECK_THAT(whyWithRecord(0, 4, [](auto& r) { r.start = r.start - 1; }),
             ContainsSubstring("do not agree"));
  CHECK_THAT(whyWithRecord(1, 1, [](auto& r) { r.start = r.start - 1; }),
             ContainsSubstring("its parent says"));
  CHECK_THAT(whyWithRecord(2, 1, [](auto& r) { r.start = r.start + 1; }),
             ContainsSubstring("its parent says"));
}

TEST_CASE("xfs: a tree that leads outside or back into itself is refused") {
  const MadeXfs made;
  for (const std::uint32_t level : {1U, 2U}) {
    for (const std::uint32_t to :
         {0U, 1U, 1200U, 0xFFFFFFFFU, made.treeBlock(0, 0, 0), made.treeBlock(0, 0, 1),
          made.treeBlock(0, 0, 2), made.treeBlock(0, 1, 0), made.treeBlock(0, 1, 1)}) {
      CHECK_FALSE(whyWithPointer(level, 1, to).empty());
    }
  }
}

TEST_CASE("xfs: records that both trees agree upon are refused when they are impossible") {
  CHECK(whyWithFree(2, {{500, 100}, {600, 100}}).empty());
  CHECK_THAT(whyWithFree(2, {{500, 100}, {599, 50}}), ContainsSubstring("is damaged"));
  CHECK_THAT(whyWithFree(2, {{600, 50}, {500, 10}}), ContainsSubstring("is damaged"));
  CHECK_THAT(whyWithFree(2, {{500, 100}, {690, 11}}), ContainsSubstring("is damaged"));
  CHECK_THAT(whyWithFree(2, {{500, 100}, {650, 0xFFFFFFFF}}), ContainsSubstring("is damaged"));
}

TEST_CASE("xfs: free space that is in use for certain is refused") {
  CHECK(whyWithFree(1, {{150, 50}, {456, 1}}).empty());
  CHECK_THAT(whyWithFree(1, {{150, 51}}), ContainsSubstring("two things claim"));  // the log
  CHECK_THAT(whyWithFree(1, {{327, 10}}), ContainsSubstring("two things claim"));  // its end
  CHECK_THAT(whyWithFree(1, {{300, 1}}), ContainsSubstring("two things claim"));   // its middle
  CHECK_THAT(whyWithFree(0, {{150, 1}}), ContainsSubstring("two things claim"));   // the root
  CHECK_THAT(whyWithFree(2, {{3, 8}}), ContainsSubstring("two things claim"));     // a tree
  CHECK_THAT(whyWithFree(2, {{55, 10}}), ContainsSubstring("two things claim"));   // the other
  CHECK_THAT(whyWithFree(2, {{1, 5}}), ContainsSubstring("damaged"));              // the headers
}
