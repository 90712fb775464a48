// A small Btrfs made in memory, with everything at hand: blocks of 4 KiB, SYSTEM and METADATA
// chunks that are there twice, a DATA chunk, and trees of as many leaves as a test asks for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clone/fs/btrfs/ondisk.h"
#include "clone/fs/filesystem.h"
#include "tests/support/sparse_disk.h"

namespace disktwin::fs::btrfs {
std::unique_ptr<FileSystem> open(ReaderPtr volume);

namespace test {

using Bytes = std::vector<std::byte>;
using Items = std::map<Key, Bytes>;

template <typename T>
Bytes bytesOf(const T& value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  return {raw.begin(), raw.end()};
}

// How a chunk is to be: device and offset of each stripe.
struct MadeChunk {
  std::uint64_t logical;
  std::uint64_t length;
  std::uint64_t type;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> stripes;
};
Bytes chunkItem(const MadeChunk& chunk);

class MadeBtrfs {
 public:
  static constexpr std::uint32_t kNode = 4096;
  static constexpr std::uint64_t kSize = 12 * MiB;
  static constexpr std::uint64_t kSystemAt = 1 * MiB;  // logical
  static constexpr std::uint64_t kMetadataAt = 16 * MiB;
  static constexpr std::uint64_t kDataAt = 32 * MiB;

  MadeBtrfs();

  // What a test may change before seal().
  Super super{};
  std::vector<MadeChunk> chunks;
  std::vector<DeviceItem> devices;
  std::map<std::uint64_t, std::uint64_t> data;         // extents of data: logical, length
  std::map<std::uint64_t, Items> extra;                // more items, by tree
  std::vector<std::pair<std::uint64_t, Key>> without;  // items to leave out, by tree
  std::size_t itemsPerLeaf = 1000;                     // as far as they fit
  bool groupTree = false;

  // Writes everything. Afterwards the volume is healthy, if nothing above says otherwise.
  void seal();
  void sealSuper();

  // A block that was written: where it is, by its logical address.
  struct Block {
    std::uint64_t tree;
    std::uint64_t logical;
    std::vector<std::uint64_t> places;
  };
  const std::vector<Block>& blocks() const { return blocks_; }
  // The root's block of a tree.
  const Block& root(std::uint64_t tree) const;
  // Changes the block in all of its places; `sealed`: and makes its checksum right again.
  void change(const Block& block, std::size_t at, std::span<const std::byte> bytes, bool sealed);
  Bytes content(const Block& block) const;

  // What a copy needs, to the byte.
  ExtentSet needed() const;

  std::unique_ptr<FileSystem> fs() const { return open(disk); }
  UsedMap used() const { return fs()->used(); }

  std::shared_ptr<disktwin::test::SparseDisk> disk;

 private:
  std::uint64_t allocate(std::uint64_t tree);
  void writeTree(std::uint64_t tree, const Items& items, std::vector<std::uint64_t> addresses);
  std::size_t leavesFor(const Items& items) const;
  void writeBlock(std::uint64_t tree, std::uint64_t logical, std::uint8_t level,
                  std::uint32_t items, const Bytes& body);
  std::vector<std::uint64_t> placesOf(std::uint64_t logical) const;
  Items extentItems() const;
  Items groupItems() const;
  Items rootItems() const;
  void sealSystemArray();

  struct Tree {
    std::uint64_t root = 0;
    std::uint8_t level = 0;
  };
  std::map<std::uint64_t, Tree> trees_;
  std::map<std::uint64_t, std::vector<std::uint64_t>> addresses_;
  std::vector<Block> blocks_;
  std::uint64_t nextSystem_ = 0;
  std::uint64_t nextMetadata_ = 0;
};

// Whatever a reader says: nothing outside the volume, and a map without a reason holds all that is
// needed.
void requireSafe(const MadeBtrfs& made, const ExtentSet& needed);
void requireHarmless(const MadeBtrfs& made);

}  // namespace test
}  // namespace disktwin::fs::btrfs
