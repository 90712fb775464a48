// What is in the map of a healthy filesystem, and what is copied when it is not quite healthy.
#include "tests/fs/btrfs/made_btrfs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::btrfs;
using namespace disktwin::fs::btrfs::test;

namespace {

const Extent kNeverUsed{7 * MiB + 3 * MiB, MiB};  // allocated to the data chunk
const Extent kUnallocated{11 * MiB, MiB};

bool isExact(const MadeBtrfs& made, const fs::UsedMap& map) {
  return map.whyWhole.empty() && subtract(made.needed(), map.extents).empty() &&
         !map.extents.intersects(kNeverUsed) && !map.extents.intersects(kUnallocated);
}

bool isAllocated(const MadeBtrfs& made, const fs::UsedMap& map) {
  return map.whyWhole.empty() && subtract(made.needed(), map.extents).empty() &&
         map.extents.contains({1 * MiB, 10 * MiB}) && !map.extents.intersects(kUnallocated);
}

// Changes a field of the first item of this type in a leaf, with the right checksum.
void changeItem(MadeBtrfs& made, std::uint64_t tree, std::uint8_t type, std::size_t at,
                std::uint64_t value, std::size_t which = 0) {
  const auto& block = made.root(tree);
  const Bytes content = made.content(block);
  for (std::uint32_t i = 0; i < structAt<Header>(content, 0).items; ++i) {
    const auto item = structAt<LeafItem>(content, sizeof(Header) + i * sizeof(LeafItem));
    if (item.key.type != type || which-- != 0) continue;
    made.change(block, sizeof(Header) + item.offset + at, bytesOf(le64(value)), true);
    return;
  }
  FAIL("no such item");
}

}  // namespace

TEST_CASE("btrfs: a healthy filesystem has an exact map") {
  const MadeBtrfs made;
  const fs::UsedMap map = made.used();
  INFO(map.whyWhole);
  REQUIRE(isExact(made, map));
  CHECK(map.extents.contains({0, MiB}));
  CHECK(map.extents.bytes() < made.needed().bytes() + MiB + 1 * MiB);
}

TEST_CASE("btrfs: trees of many leaves") {
  MadeBtrfs made;
  made.itemsPerLeaf = GENERATE(3U, 4U, 7U);
  made.seal();
  CHECK(isExact(made, made.used()));
}

TEST_CASE("btrfs: every kind of checksum") {
  MadeBtrfs made;
  made.super.checksumType = GENERATE(kCrc32c, kXxhash64, kSha256, kBlake2b);
  made.seal();
  CHECK(isExact(made, made.used()));
  made.change(made.root(kExtentTree), 2000, bytesOf(std::uint8_t{1}), false);
  CHECK(isAllocated(made, made.used()));
}

TEST_CASE("btrfs: block groups in a tree of their own") {
  MadeBtrfs made;
  made.groupTree = true;
  made.seal();
  CHECK(isExact(made, made.used()));
  changeItem(made, kGroupTree, kGroupItem, 0, 8192);
  CHECK(isAllocated(made, made.used()));
}

TEST_CASE("btrfs: the metadata may have another UUID than the filesystem") {
  MadeBtrfs made;
  made.super.incompat = made.super.incompat | kMetadataUuid;
  made.super.metadataUuid = made.super.fsid;
  made.super.fsid = {1, 2, 3};
  made.seal();
  CHECK(isExact(made, made.used()));
  CHECK(made.fs()->info().uuid == "01020300-0000-0000-0000-000000000000");
}

TEST_CASE("btrfs: where only one copy of a block is good, that one is used") {
  for (const std::uint64_t tree : {kChunkTree, kRootTree, kExtentTree, kDeviceTree}) {
    for (const std::size_t copy : {0U, 1U}) {
      MadeBtrfs made;
      made.itemsPerLeaf = 3;
      made.seal();
      for (const auto& block : made.blocks()) {
        if (block.tree == tree) made.disk->put(block.places[copy] + 77, le64(0x1234567));
      }
      CHECK(isExact(made, made.used()));
    }
  }
}

TEST_CASE("btrfs: a log or a replacement under way means all that is allocated") {
  MadeBtrfs made;
  made.super.logRoot = MadeBtrfs::kMetadataAt + MiB;
  made.seal();
  CHECK(isAllocated(made, made.used()));
  REQUIRE(made.used().remarks.size() == 1);
  CHECK(made.used().remarks.front() ==
        "all of its allocated space is copied: its log of fsync has not been replayed.");
  CHECK(MadeBtrfs().used().remarks.empty());
  CHECK(made.fs()->info().state == fs::VolumeState::NeedsRecovery);
  MadeBtrfs other;
  for (const std::uint64_t state : {0U, 1U, 2U, 3U, 4U}) {
    ReplaceItem item{};
    item.state = state;
    other.extra[kDeviceTree][{0, kDeviceReplace, 0}] = bytesOf(item);
    other.seal();
    INFO(state);
    CHECK(isExact(other, other.used()) == (state == 0 || state == 2 || state == 3));
    CHECK(isAllocated(other, other.used()) == (state == 1 || state == 4));
  }
}

TEST_CASE("btrfs: sums that do not agree mean all that is allocated") {
  for (const std::size_t group : {0U, 1U, 2U}) {
    MadeBtrfs made;
    changeItem(made, kExtentTree, kGroupItem, 0, 8192, group);
    CHECK(isAllocated(made, made.used()));
  }
  MadeBtrfs made;
  made.super.bytesUsed = made.super.bytesUsed + 4096;
  made.sealSuper();
  CHECK(isAllocated(made, made.used()));
}

TEST_CASE(
    "btrfs: block groups that are missing or not like their chunks mean all that is allocated") {
  for (const bool inTheirTree : {false, true}) {
    MadeBtrfs made;
    made.groupTree = inTheirTree;
    const std::uint64_t tree = inTheirTree ? kGroupTree : kExtentTree;
    made.seal();
    changeItem(made, tree, kGroupItem, 16, kSystem | kDup, 2);
    CHECK(isAllocated(made, made.used()));
    made.data = {};  // an empty one whose sum is right without it
    made.without = {{tree, {MadeBtrfs::kDataAt, kGroupItem, 4 * MiB}}};
    made.seal();
    CHECK(isAllocated(made, made.used()));
  }
}

TEST_CASE("btrfs: extents that overlap mean all that is allocated") {
  MadeBtrfs made;
  made.data[MadeBtrfs::kDataAt + 64 * KiB] = 4 * KiB;
  made.seal();
  CHECK(isAllocated(made, made.used()));
}

TEST_CASE("btrfs: what the extent tree should not hold means all that is allocated") {
  const auto with = [](const Key& key, const Bytes& item) {
    MadeBtrfs made;
    made.extra[kExtentTree][key] = item;
    made.seal();
    return isAllocated(made, made.used());
  };
  const Bytes item = bytesOf(ExtentItem{std::uint64_t{1}, std::uint64_t{7}, kExtentIsData});
  CHECK(with({MadeBtrfs::kDataAt + 3 * MiB, 180, 0}, {}));                // references of 2007
  CHECK(with({MadeBtrfs::kDataAt + 3 * MiB, 200, 4096}, {}));             // unknown
  CHECK(with({MadeBtrfs::kDataAt + 4 * MiB, kExtentItem, 4096}, item));   // behind the chunk
  CHECK(with({MadeBtrfs::kDataAt + 64 * KiB, kExtentItem, 4096}, item));  // inside another
  CHECK(with({MadeBtrfs::kDataAt + 3 * MiB, kExtentItem, 4096}, Bytes(4)));
  CHECK(with({MadeBtrfs::kDataAt + 3 * MiB, kExtentItem, 100}, item));
  CHECK(with({MadeBtrfs::kDataAt + 3 * MiB, kExtentItem, ~std::uint64_t{0}}, item));
}

TEST_CASE("btrfs: references beside extents do not matter") {
  MadeBtrfs made;
  for (const std::uint8_t type : {kTreeBlockRef, kExtentDataRef, kSharedBlockRef, kSharedDataRef}) {
    made.extra[kExtentTree][{MadeBtrfs::kDataAt + MiB, type, 5}] = Bytes(28);
  }
  made.seal();
  CHECK(isExact(made, made.used()));
}

TEST_CASE("btrfs: an extent tree that does not know all trees is not the present one") {
  for (const std::uint64_t tree : {5ULL, static_cast<unsigned long long>(kRootTree),
                                   static_cast<unsigned long long>(kChunkTree)}) {
    MadeBtrfs made;
    // Its block is said to be elsewhere in the same chunk, so that all sums stay right.
    const auto& block = made.root(kExtentTree);
    Bytes content = made.content(block);
    for (std::uint32_t i = 0; i < structAt<Header>(content, 0).items; ++i) {
      const std::size_t at = sizeof(Header) + i * sizeof(LeafItem);
      const auto item = structAt<LeafItem>(content, at);
      if (item.key.object != made.root(tree).logical) continue;
      made.change(block, at, bytesOf(le64(item.key.object + 4096)), true);
    }
    const fs::UsedMap map = made.used();
    CHECK(isAllocated(made, map));
  }
}

TEST_CASE("btrfs: metadata on another device means all that is allocated here") {
  MadeBtrfs made;
  made.chunks[1] = {MadeBtrfs::kMetadataAt, 2 * MiB, kMetadata, {{2, 3 * MiB}}};
  made.devices[0].bytesUsed = 6 * MiB;
  made.seal();
  const fs::UsedMap map = made.used();
  CHECK(map.whyWhole.empty());
  CHECK(map.extents.contains({7 * MiB, 4 * MiB}));
  CHECK(map.extents.contains({1 * MiB, 2 * MiB}));
  CHECK_FALSE(map.extents.intersects({4 * MiB, 2 * MiB}));
}

TEST_CASE("btrfs: what speaks against the chunk tree means the whole volume") {
  const auto why = [](const std::function<void(MadeBtrfs&)>& change, bool again = true) {
    MadeBtrfs made;
    change(made);
    if (again) made.seal();
    return made.used().whyWhole;
  };
  CHECK_THAT(why([](auto& m) { m.devices[0].uuid = {9}; }), ContainsSubstring("another UUID"));
  CHECK_THAT(why([](auto& m) {
               m.without = {{kDeviceTree, {1, kDeviceExtent, 7 * MiB}}};
             }),
             ContainsSubstring("the chunk tree 5"));
  CHECK_THAT(why([](auto& m) { m.devices[0].bytesUsed = 9 * MiB; }),
             ContainsSubstring("allocated"));
  CHECK_THAT(why([](auto& m) { m.devices[0].id = 3U; }), ContainsSubstring("another device"));
  CHECK_THAT(why([](auto& m) { m.chunks[2].stripes[0].second = 6 * MiB; }),
             ContainsSubstring("same place"));
  CHECK_THAT(why([](auto& m) { m.chunks[2].stripes[0].second = 9 * MiB; }),
             ContainsSubstring("outside the device"));
  CHECK_THAT(why([](auto& m) { m.chunks[2].logical = 17 * MiB; }), ContainsSubstring("overlaps"));
  CHECK_THAT(why([](auto& m) { m.chunks[2].type = kData | 1ULL << 20; }),
             ContainsSubstring("unknown type"));
  CHECK_THAT(why([](auto& m) { m.chunks[2].type = kData | kRaid1; }),
             ContainsSubstring("number of stripes"));
  CHECK_THAT(why([](auto& m) {
               m.extra[kChunkTree][{9, 9, 9}] = {};
             }),
             ContainsSubstring("unknown type"));
  CHECK_THAT(why([](auto& m) {
               m.extra[kDeviceTree][{1, kDeviceExtent, 11 * MiB}] =
                   bytesOf(DeviceExtentItem{kChunkTree, kFirstChunkTree, 0U, MiB, Uuid{}});
             }),
             ContainsSubstring("device tree"));
  CHECK_THAT(why([](auto& m) { changeItem(m, kDeviceTree, kDeviceExtent, 24, MiB, 4); }, false),
             ContainsSubstring("device tree"));
  CHECK_THAT(why(
                 [](auto& m) {
                   m.super.systemArray[sizeof(DiskKey) + sizeof(ChunkHeader) + 8 + 2] ^=
                       std::byte{0x80};
                   m.sealSuper();
                 },
                 false),
             ContainsSubstring("chunk"));
}

TEST_CASE("btrfs: another block in the place of the right one is noticed") {
  for (const std::size_t at :
       {offsetof(Header, fsid), offsetof(Header, bytenr), offsetof(Header, generation),
        offsetof(Header, owner), offsetof(Header, level)}) {
    for (const std::uint64_t tree : {kChunkTree, kRootTree, kExtentTree, kDeviceTree}) {
      for (const std::size_t perLeaf : {3U, 1000U}) {
        MadeBtrfs made;
        made.itemsPerLeaf = perLeaf;
        made.seal();
        const auto& block = *std::find_if(made.blocks().begin(), made.blocks().end(),
                                          [&](const auto& b) { return b.tree == tree; });
        const Bytes content = made.content(block);
        made.change(block, at, bytesOf(std::uint8_t(std::to_integer<int>(content[at]) ^ 1)), true);
        INFO(at << " of tree " << tree);
        CHECK_FALSE(isExact(made, made.used()));
        requireSafe(made, made.needed());
      }
    }
  }
}

TEST_CASE("btrfs: a leaf may not hold keys that belong into the next") {
  MadeBtrfs made;
  made.itemsPerLeaf = 3;
  made.extra[7][{1, 1, 1}] = {};  // the fourth tree in the root tree, in a second leaf
  made.seal();
  const auto& leaf = *std::find_if(made.blocks().begin(), made.blocks().end(),
                                   [](const auto& b) { return b.tree == kRootTree; });
  const std::size_t last = sizeof(Header) + 2 * sizeof(LeafItem);
  REQUIRE(structAt<LeafItem>(made.content(leaf), last).key.object == 5);
  made.change(leaf, last, bytesOf(le64(100)), true);
  CHECK(isAllocated(made, made.used()));
}
