// Volumes that are damaged or mean harm: nothing may crash, hang, or be left out.
#include <random>

#include "tests/fs/btrfs/made_btrfs.h"
#include "tests/support/catch.h"
#include "tests/support/effort.h"

using namespace disktwin;
using namespace disktwin::fs::btrfs;
using namespace disktwin::fs::btrfs::test;

namespace {

bool isRead(std::uint64_t tree) {
  return tree == kChunkTree || tree == kRootTree || tree == kExtentTree || tree == kDeviceTree;
}

MadeBtrfs withManyLeaves() {
  MadeBtrfs made;
  made.itemsPerLeaf = 3;
  made.extra[7][{1, 1, 1}] = {};  // one tree more, so that the root tree has two leaves, too
  made.seal();
  return made;
}

// A copy whose disk is its own.
MadeBtrfs copyOf(const MadeBtrfs& made) {
  MadeBtrfs copy = made;
  copy.disk = std::make_shared<disktwin::test::SparseDisk>(*made.disk);
  return copy;
}

}  // namespace

TEST_CASE("btrfs: no signature, no filesystem") {
  std::mt19937 random(1);
  for (const std::uint64_t size : {0ULL, 65536ULL, 65536ULL + 4095, 1ULL << 20}) {
    auto disk = std::make_shared<disktwin::test::SparseDisk>(size);
    for (std::uint64_t at = 0; at < std::min<std::uint64_t>(size, 80000);
         at += disktwin::test::kStride) {
      disk->put(at, static_cast<std::uint8_t>(random()));
    }
    CHECK(open(disk) == nullptr);
  }
}

TEST_CASE("btrfs: the signature alone is a filesystem of which all is copied") {
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    MadeBtrfs made;
    made.disk = std::make_shared<disktwin::test::SparseDisk>(MiB);
    for (std::uint64_t at = 65536; at < 65536 + 4096; at += disktwin::test::kStride) {
      made.disk->put(at, static_cast<std::uint8_t>(random()));
    }
    made.disk->put(65536 + 64, le64(kMagic));
    REQUIRE(made.fs() != nullptr);
    requireHarmless(made);
    made.super = readStruct<Super>(*made.disk, kSuperOffset);
    made.super.checksumType = static_cast<std::uint16_t>(round % 4);
    made.sealSuper();
    requireHarmless(made);
    CHECK_FALSE(made.used().whyWhole.empty());
  }
}

TEST_CASE("btrfs: a volume may end anywhere") {
  const MadeBtrfs good = withManyLeaves();
  for (std::uint64_t size = 0; size < MadeBtrfs::kSize; size += 4096) {
    MadeBtrfs made = copyOf(good);
    made.disk->cutTo(size);
    requireHarmless(made);
    if (size <= kSuperOffset + kSuperSize) continue;
    CHECK_FALSE(made.used().whyWhole.empty());
    // Even if it says that it is no larger.
    made.super.device.totalBytes = size;
    made.sealSuper();
    requireHarmless(made);
    if (size < 11 * MiB) CHECK_FALSE(made.used().whyWhole.empty());
  }
}

TEST_CASE("btrfs: every flipped bit in a block that is needed is noticed") {
  const MadeBtrfs good = withManyLeaves();
  const ExtentSet needed = good.needed();
  const ExtentSet exact = good.used().extents;
  std::mt19937 random(3);
  for (const auto& block : good.blocks()) {
    if (!isRead(block.tree)) continue;
    const Bytes content = good.content(block);
    for (std::size_t at = 0; at < MadeBtrfs::kNode;
         at += (1 + random() % 5) * disktwin::test::kStride) {
      if (at >= 4 && at < kSumSize) continue;  // unused by a short checksum
      MadeBtrfs made = copyOf(good);
      const auto bit = std::uint8_t(1U << random() % 8);
      made.change(block, at, bytesOf(std::uint8_t(std::to_integer<unsigned>(content[at]) ^ bit)),
                  false);
      requireSafe(made, needed);
      INFO("byte " << at << " of a block of tree " << block.tree);
      REQUIRE_FALSE(made.used().extents == exact);
    }
  }
}

TEST_CASE("btrfs: every flipped bit in the superblock is noticed") {
  const MadeBtrfs good;
  const Bytes content = readBytes(*good.disk, kSuperOffset, kSuperSize);
  for (std::size_t at = 0; at < kSuperSize; ++at) {
    if (at >= 4 && at < kSumSize) continue;
    MadeBtrfs made = copyOf(good);
    made.disk->put(kSuperOffset + at,
                   std::uint8_t(std::to_integer<unsigned>(content[at]) ^ 1U << at % 8));
    const auto fs = made.fs();
    if (fs) CHECK_FALSE(fs->used().whyWhole.empty());
  }
}

TEST_CASE("btrfs: any byte of the superblock may be anything, with the right checksum") {
  const MadeBtrfs good;
  for (std::size_t at = kSumSize; at < offsetof(Super, backupRoots); ++at) {
    for (const auto value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
      for (const std::size_t width : {1U, 4U, 8U}) {
        MadeBtrfs made = copyOf(good);
        std::memset(reinterpret_cast<std::byte*>(&made.super) + at, value,
                    std::min(width, kSuperSize - at));
        made.sealSuper();
        requireSafe(made, good.needed());
      }
    }
  }
}

TEST_CASE("btrfs: any byte of a tree may be anything, with the right checksum") {
  const MadeBtrfs good = withManyLeaves();
  std::mt19937 random(4);
  for (const auto& block : good.blocks()) {
    if (!isRead(block.tree)) continue;
    for (std::size_t at = kSumSize; at < MadeBtrfs::kNode;
         at += (1 + random() % 2) * disktwin::test::kStride) {
      if (at > 300 && at < 3000 && random() % 16 != 0) continue;  // mostly unused
      for (const std::uint64_t value :
           {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 62}) {
        MadeBtrfs made = copyOf(good);
        const Bytes bytes = bytesOf(le64(value));
        const std::size_t width = random() % 2 == 0 ? 1 : 8;
        made.change(block, at, std::span(bytes).last(std::min(width, MadeBtrfs::kNode - at)), true);
        requireHarmless(made);
      }
    }
  }
}

TEST_CASE("btrfs: trees in circles end") {
  const MadeBtrfs good = withManyLeaves();
  for (const std::uint64_t tree : {kChunkTree, kRootTree, kExtentTree, kDeviceTree}) {
    const auto& root = good.root(tree);
    const Header header = structAt<Header>(good.content(root), 0);
    REQUIRE(header.level == 1);
    for (std::uint32_t i = 0; i < header.items; ++i) {
      const std::size_t at = sizeof(Header) + i * sizeof(NodePointer);
      for (const bool toItself : {true, false}) {
        MadeBtrfs made = copyOf(good);
        const auto other = structAt<NodePointer>(
            good.content(root), sizeof(Header) + (i + 1) % header.items * sizeof(NodePointer));
        made.change(root, at + sizeof(DiskKey),
                    bytesOf(le64(toItself ? root.logical : other.block.value())), true);
        requireSafe(made, good.needed());
        CHECK_FALSE(made.used().extents == good.used().extents);
      }
    }
  }
}

TEST_CASE("btrfs: random damage with right checksums does no harm") {
  const MadeBtrfs good = withManyLeaves();
  std::mt19937 random(5);
  for (int round = 0; round < 3000; ++round) {
    MadeBtrfs made = copyOf(good);
    for (std::size_t hits = 1 + random() % 6; hits > 0; --hits) {
      const auto& block = good.blocks()[random() % good.blocks().size()];
      const std::size_t at = kSumSize + random() % (random() % 2 == 0 ? 300 : 4000);
      made.change(block, at, bytesOf(static_cast<std::uint8_t>(random())), true);
    }
    requireHarmless(made);
  }
}

TEST_CASE("btrfs: unknown features are refused and named") {
  const auto why = [](std::uint64_t incompat, std::uint64_t compatRo, std::uint64_t flags) {
    MadeBtrfs made;
    made.super.incompat = made.super.incompat | incompat;
    made.super.compatRo = made.super.compatRo | compatRo;
    made.super.flags = made.super.flags | flags;
    made.sealSuper();
    return made.used().whyWhole;
  };
  CHECK_THAT(why(kZoned, 0, 0), ContainsSubstring("zoned"));
  CHECK_THAT(why(kExtentTreeV2, 0, 0), ContainsSubstring("extent tree v2"));
  CHECK_THAT(why(kRaidStripeTree, 0, 0), ContainsSubstring("stripe tree"));
  CHECK(why(1ULL << 40, 0, 0) == "unknown incompatible feature 0x10000000000");
  CHECK(why(0, 1ULL << 7, 0) == "unknown read-only compatible feature 0x80");
  CHECK_THAT(why(0, 0, kMetadump), ContainsSubstring("btrfs-image"));
  CHECK_THAT(why(0, 0, 1ULL << 36), ContainsSubstring("0x1000000000"));
  CHECK(why(kSimpleQuota, kFreeSpaceTree | kFreeSpaceTreeValid | kVerity, kError).empty());
}

TEST_CASE("btrfs: a copy of the superblock that is newer makes the first doubtful") {
  MadeBtrfs made;
  made.disk = std::make_shared<disktwin::test::SparseDisk>(300 * GiB);
  made.seal();
  REQUIRE(made.used().whyWhole.empty());
  CHECK(made.used().extents.contains({64 * MiB, 64 * KiB}));
  CHECK(made.used().extents.contains({256 * GiB, 64 * KiB}));
  const ExtentSet signatures = made.fs()->signatures();
  CHECK(signatures == ExtentSet{{64 * KiB, 4096}, {64 * MiB, 4096}, {256 * GiB, 4096}});
  for (const std::uint64_t at : {64 * MiB, 256 * GiB}) {
    for (const int newer : {-1, 0, 1}) {
      Super copy = made.super;
      copy.bytenr = at;
      copy.generation = made.super.generation + static_cast<std::uint64_t>(newer);
      const std::uint32_t crc = 0;
      std::memcpy(copy.checksum.data(), &crc, sizeof crc);
      MadeBtrfs other = copyOf(made);
      other.super = copy;
      other.sealSuper();
      const auto sealed = readBytes(*other.disk, kSuperOffset, kSuperSize);
      other.super = made.super;
      other.sealSuper();
      other.disk->put(at, std::span<const std::byte>(sealed));
      CHECK(other.used().whyWhole.empty() == (newer <= 0));
    }
  }
}
