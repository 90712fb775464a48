// A small XFS volume put together from its parts, each of which a test can change.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/fs/xfs/geometry.h"
#include "clone/fs/xfs/ondisk.h"
#include "tests/support/memory_disk.h"

namespace disktwin::fs::xfs {
std::unique_ptr<FileSystem> open(ReaderPtr volume);
}

namespace disktwin::fs::xfs::test {

// A block of one of the trees.
struct TreeBlock {
  std::uint32_t group;
  std::uint32_t block;
  std::uint32_t level;
  std::uint32_t tree;  // 0 by place, 1 by size
};

// Three groups, the last one short. Group 0 has free space in so many pieces that its trees have
// three levels; the log is in group 1. Clean.
class MadeXfs {
 public:
  static constexpr std::uint32_t kBlock = 1024;
  static constexpr std::uint32_t kGroupBlocks = 1200;
  static constexpr std::uint32_t kGroups = 3;
  static constexpr std::uint32_t kLastBlocks = 700;
  static constexpr std::uint32_t kRootBlock = 150;
  static constexpr Run kLog{200, 128};
  static constexpr std::uint64_t kLogBlocks = kLog.count * std::uint64_t{kBlock} / kLogBlock;

  explicit MadeXfs(int version = 5);

  // Writes everything anew from `super` and `free`, except for the log.
  void write();
  // An empty log whose last record, of `blocks` blocks behind its header blocks, ends before
  // `head`.
  void writeLog(std::uint64_t head, std::uint32_t cycle, std::uint64_t blocks = 1,
                std::uint32_t bufferSize = 32768);
  // After changes: the checksums of one thing.
  void sealSuper();
  void sealGroup(std::uint32_t group);
  void sealTree(std::uint32_t group, std::uint32_t block);
  void sealRecord(std::uint64_t at, std::uint64_t headers, std::uint64_t length);

  std::size_t groupAt(std::uint32_t group) const {
    return std::size_t{group} * kGroupBlocks * kBlock;
  }
  std::size_t headerAt(std::uint32_t group) const { return groupAt(group) + 512; }
  std::size_t blockAt(std::uint32_t group, std::uint32_t block) const {
    return groupAt(group) + std::size_t{block} * kBlock;
  }
  // A block of the log; counted around its end.
  std::size_t logAt(std::uint64_t block) const {
    return blockAt(1, kLog.first) + (block % kLogBlocks) * kLogBlock;
  }
  // The first block of that tree and level, in the order of its records.
  std::uint32_t treeBlock(std::uint32_t group, std::uint32_t tree, std::uint32_t level) const;

  std::vector<std::byte>& bytes() { return disk->bytes(); }
  template <typename T>
  T get(std::size_t at) const {
    return structAt<T>(disk->bytes(), at);
  }
  // Lets `change` change a structure where it lies.
  template <typename T, typename Change>
  void edit(std::size_t at, const Change& change) {
    T value = get<T>(at);
    change(value);
    disk->put(at, value);
  }

  std::unique_ptr<FileSystem> fs() const { return open(disk); }
  std::string why() const { return fs()->used().whyWhole; }
  // What is not in `free`.
  ExtentSet truth() const;

  Super super{};
  std::vector<std::vector<Run>> free;
  std::vector<TreeBlock> trees;
  std::shared_ptr<disktwin::test::MemoryDisk> disk;

 private:
  std::uint32_t writeTree(std::uint32_t group, std::uint32_t tree, std::vector<Run> runs,
                          std::uint32_t from, std::uint32_t& root);
  void writeHeader(const TreeBlock& where, std::size_t records, std::uint32_t left,
                   std::uint32_t right);
  std::size_t headerSize() const {
    return version_ == 5 ? sizeof(TreeHeader5) : sizeof(TreeHeader);
  }

  int version_;
};

// The promise: everything that was in use is in the map, and when that cannot be told, the whole
// volume is. True when the map was given up.
bool requireNeverLess(const MadeXfs& made, const ExtentSet& truth);

}  // namespace disktwin::fs::xfs::test
