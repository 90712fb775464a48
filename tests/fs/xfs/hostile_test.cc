// Whatever the bytes: no crash, bounded work, and never less than what was in use.
#include <random>

#include "tests/fs/xfs/made_xfs.h"
#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

using namespace disktwin;
using namespace disktwin::fs::xfs;
using namespace disktwin::fs::xfs::test;

namespace {

// A volume of version 4 and 64 TiB, whose first group has a tree of nine levels in which every node
// is full and right: made up while it is read.
class EndlessTree final : public BlockReader {
 public:
  static constexpr std::uint32_t kFull = 84;
  static constexpr std::uint64_t kPlaces[] = {10, 100, 10'000, 1'000'000, 2'000'000};

  EndlessTree() {
    const MadeXfs made(4);
    Super super = made.super;
    super.groupBlocks = 1U << 30;
    super.groupBlockLog = 30;
    super.groupCount = 64U;
    super.dataBlocks = 64 * TiB / 1024;
    super.logStart = std::uint64_t{1} << 30 | 200;
    fixed_.put(0, super);
    auto header = made.get<GroupFree>(made.headerAt(0));
    header.length = 1U << 30;
    header.levels[0] = 9U;
    header.roots[0] = 10U;
    fixed_.put(512, header);
    fixed_.put(TiB + 200 * 1024,
               std::span<const std::byte>(made.disk->bytes()).subspan(made.logAt(0), 128 * 1024));
  }

  std::string name() const override { return "endless"; }
  std::uint64_t size() const override { return fixed_.size(); }
  std::uint32_t sectorSize() const override { return 512; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    fixed_.read(offset, out);
    if (offset < 10 * 1024 || offset >= TiB) return;
    for (std::size_t at = 0; at < out.size(); at += 1024) writeNode((offset + at) / 1024, out, at);
  }
  std::uint64_t bytesRead() const { return fixed_.bytesRead(); }

 private:
  static void writeNode(std::uint64_t block, std::span<std::byte> out, std::size_t at) {
    std::size_t depth = 3;
    while (block < kPlaces[depth]) --depth;
    std::uint64_t count = 1;
    std::uint64_t step = 1;  // between the keys of this node
    for (std::size_t i = 0; i < depth; ++i) count *= kFull;
    for (std::size_t i = depth; i < 3; ++i) step *= kFull;
    const std::uint64_t index = block - kPlaces[depth];
    const auto number = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    const TreeHeader header{0x41425442U, static_cast<std::uint16_t>(8 - depth),
                            static_cast<std::uint16_t>(kFull),
                            index == 0 ? kNoBlock : number(block - 1),
                            index + 1 == count ? kNoBlock : number(block + 1)};
    std::memcpy(out.data() + at, &header, sizeof header);
    for (std::uint64_t i = 0; i < kFull; ++i) {
      const std::uint64_t child = index * kFull + i;
      const FreeRecord key{number(5000 + child * step), 1U};
      const be32 pointer(number(kPlaces[depth + 1] + child));
      std::memcpy(out.data() + at + sizeof header + i * 8, &key, 8);
      std::memcpy(out.data() + at + sizeof header + kFull * 8 + i * 4, &pointer, 4);
    }
  }

  disktwin::test::SparseDisk fixed_{64 * TiB};
};

// Flips bits from `from` on, each alone, and puts them back. `every`: bits of a byte that are
// tried.
template <typename Each>
void flipBits(MadeXfs& made, std::size_t from, std::size_t length, int every, const Each& each) {
  for (std::size_t at = from; at < from + length; ++at) {
    for (int i = 0; i < every; ++i) {
      const auto bit = std::byte{1} << ((at * 5 + static_cast<std::size_t>(i)) % 8);
      made.bytes()[at] ^= bit;
      INFO("byte " << at << " bit " << std::to_integer<int>(bit));
      each();
      made.bytes()[at] ^= bit;
    }
  }
}

}  // namespace

TEST_CASE("xfs: in version 5 no flipped bit of superblock, headers or trees is overlooked") {
  MadeXfs made;
  const ExtentSet truth = made.truth();
  REQUIRE_FALSE(requireNeverLess(made, truth));
  const auto caught = [&] { REQUIRE(requireNeverLess(made, truth)); };
  flipBits(made, 0, 512, 8, caught);
  for (std::uint32_t group = 0; group < MadeXfs::kGroups; ++group) {
    flipBits(made, made.headerAt(group), 512, 2, caught);
  }
  for (const TreeBlock& tree : made.trees) {
    flipBits(made, made.blockAt(tree.group, tree.block), tree.level == 0 ? 160 : MadeXfs::kBlock, 1,
             caught);
  }
}

TEST_CASE("xfs: in version 4 no flipped bit leads to a map that holds too little") {
  MadeXfs made(4);
  const ExtentSet truth = made.truth();
  REQUIRE_FALSE(requireNeverLess(made, truth));
  const auto kept = [&] { requireNeverLess(made, truth); };
  flipBits(made, 0, sizeof(Super), 8, kept);
  for (std::uint32_t group = 0; group < MadeXfs::kGroups; ++group) {
    flipBits(made, made.headerAt(group), sizeof(GroupFree), 8, kept);
  }
  for (const TreeBlock& tree : made.trees) {
    // Headers, records and keys; the pointers of a node begin at 688.
    const std::size_t at = made.blockAt(tree.group, tree.block);
    flipBits(made, at, 112, tree.level == 0 ? 2 : 8, kept);
    if (tree.level != 0) flipBits(made, at + 688, 20, 8, kept);
  }
}

TEST_CASE("xfs: no flipped bit of an uncleanly closed log makes it look empty") {
  MadeXfs made;
  // A last record that differs from the mark of an unmount in a single bit.
  made.edit<LogOperation>(made.logAt(4), [](auto& o) { o.flags = 0; });
  made.sealRecord(3, 1, kLogBlock);
  REQUIRE_FALSE(made.why().empty());
  const auto pending = [&] { REQUIRE_FALSE(made.why().empty()); };
  flipBits(made, made.logAt(0), 8 * kLogBlock, 1, pending);
  flipBits(made, made.logAt(3), sizeof(LogRecord), 8, pending);
  flipBits(made, made.logAt(4), 20, 8, pending);
}

TEST_CASE("xfs: a volume that was cut anywhere is copied whole") {
  const int version = GENERATE(4, 5);
  MadeXfs made(version);
  const ExtentSet truth = made.truth();
  for (std::size_t size = roundDown(made.bytes().size() - 1, 4096); size > 0; size -= 4096) {
    made.bytes().resize(size);
    REQUIRE(requireNeverLess(made, truth));
  }
}

TEST_CASE("xfs: no value of any field makes it crash, or hold too little") {
  const int version = GENERATE(4, 5);
  MadeXfs made(version);
  const ExtentSet truth = made.truth();
  const auto with = [&](std::size_t at, std::size_t length, const auto& seal) {
    for (std::size_t offset = 0; offset + 4 <= length; offset += 2) {
      const auto before = made.get<be32>(at + offset);
      for (const std::uint32_t value : {0U, 1U, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU, 0x10000U}) {
        made.disk->put(at + offset, be32(value));
        seal();
        INFO("offset " << at + offset << " value " << value);
        const auto fs = made.fs();
        if (fs) {
          const fs::UsedMap map = fs->used();
          for (const Extent& extent : map.extents) REQUIRE(extent.end() <= made.disk->size());
          for (const Extent& extent : fs->signatures()) {
            REQUIRE(extent.end() <= made.disk->size());
          }
          REQUIRE(subtract(truth, map.extents).empty());
        }
      }
      made.disk->put(at + offset, before);
      seal();
    }
  };
  with(0, sizeof(Super), [&] {
    made.super = made.get<Super>(0);
    made.sealSuper();
  });
  with(made.headerAt(0), sizeof(GroupFree), [&] { made.sealGroup(0); });
  for (const std::uint32_t level : {0U, 1U, 2U}) {
    for (const std::uint32_t tree : {0U, 1U}) {
      const std::uint32_t block = made.treeBlock(0, tree, level);
      with(made.blockAt(0, block), 160, [&] { made.sealTree(0, block); });
    }
  }
}

TEST_CASE("xfs: random damage makes no reader crash, or hold too little") {
  std::mt19937 random(20260229);
  const auto pick = [&](std::size_t below) { return random() % below; };
  for (const int version : {4, 5}) {
    MadeXfs made(version);
    const ExtentSet truth = made.truth();
    const std::vector<std::byte> good = made.bytes();
    for (int round = 0; round < 1500; ++round) {
      for (std::size_t hit = 1 + pick(4); hit > 0; --hit) {
        const TreeBlock& tree = made.trees[pick(made.trees.size())];
        const std::size_t places[] = {0, made.headerAt(static_cast<std::uint32_t>(pick(3))),
                                      made.blockAt(tree.group, tree.block), made.logAt(3)};
        made.bytes()[places[pick(4)] + pick(264)] = static_cast<std::byte>(random());
      }
      requireNeverLess(made, truth);
      std::copy_n(good.begin(), 1024, made.bytes().begin());
      for (std::uint32_t group = 0; group < 3; ++group) {
        const auto at = static_cast<long>(made.groupAt(group));
        std::copy_n(good.begin() + at, 130 * 1024, made.bytes().begin() + at);
      }
      const auto log = static_cast<long>(made.logAt(0));
      std::copy_n(good.begin() + log, 8192, made.bytes().begin() + log);
    }
  }
}

TEST_CASE("xfs: random bytes behind a signature are no filesystem to be believed") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    MadeXfs made;
    for (auto& byte : std::span(made.bytes()).first(8192)) byte = static_cast<std::byte>(random());
    CHECK_FALSE(made.fs());
    made.disk->put(0, be32(kSuperMagic));
    REQUIRE(requireNeverLess(made, made.truth()));
  }
}

TEST_CASE("xfs: a tree that claims to be endless costs little") {
  const auto disk = std::make_shared<EndlessTree>();
  const auto fs = open(disk);
  CHECK_THAT(fs->used().whyWhole, ContainsSubstring("too many blocks"));
  CHECK(disk->bytesRead() < 64 * MiB);
  CHECK(fs->signatures().size() == 64);
}
