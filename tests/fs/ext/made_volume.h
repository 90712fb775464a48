// A small ext4 filesystem made in memory, with every number at hand: blocks of 1 KiB, four groups
// of 1 MiB, metadata_csum, 64bit descriptors.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "clone/fs/ext/ondisk.h"
#include "clone/fs/filesystem.h"
#include "tests/support/memory_disk.h"

namespace disktwin::fs::ext {
std::unique_ptr<FileSystem> open(ReaderPtr volume);

namespace test {

using Block = std::vector<std::byte>;

class MadeVolume {
 public:
  static constexpr std::uint32_t kBlock = 1024;
  static constexpr std::uint32_t kGroups = 4;
  static constexpr std::uint32_t kPerGroup = 1024;
  static constexpr std::uint32_t kBlocks = 1 + kGroups * kPerGroup;
  static constexpr std::uint32_t kInodes = 512;     // a group
  static constexpr std::uint32_t kTable = 128;      // blocks of an inode table
  static constexpr std::uint32_t kDescriptors = 2;  // the block that they lie in
  static constexpr std::uint32_t kJournal = 201;    // where the journal file starts
  static constexpr std::uint32_t kJournalLength = 64;
  static constexpr std::uint32_t kFile = 501;  // ten blocks of group 0
  static constexpr std::uint32_t kFileLength = 10;

  // Groups 0 and 1 are in use; group 2 was never touched, and of group 3 the inodes were not.
  MadeVolume();

  static std::uint32_t start(std::uint32_t group) { return 1 + group * kPerGroup; }
  static std::uint32_t bitmap(std::uint32_t group) { return start(group) + 10; }
  static std::uint32_t inodeBitmap(std::uint32_t group) { return start(group) + 11; }
  static std::uint32_t table(std::uint32_t group) { return start(group) + 12; }

  Super super{};
  std::array<GroupDescriptor, kGroups> groups{};
  std::vector<std::byte>& bytes() { return disk->bytes(); }
  std::shared_ptr<disktwin::test::MemoryDisk> disk;

  // In the bitmap in its place, and in the count of free blocks.
  void mark(std::uint32_t first, std::uint32_t count);
  Block block(std::uint32_t number) const;
  void put(std::uint32_t number, const Block& content);

  // Writes superblock and descriptors with right checksums. `bitmaps`: those of the bitmaps, too.
  void seal(bool bitmaps = true);
  void sealSuper();
  // A block of descriptors and a superblock as seal() would write them.
  Block descriptorBlock() const;
  Super sealed(Super copy) const;

  // An empty journal; needs seal() afterwards.
  void addJournal(std::uint32_t incompat = 0);
  JournalSuper journal{};
  void sealJournal();

  std::unique_ptr<FileSystem> fs() const { return open(disk); }
  UsedMap used() const { return fs()->used(); }

 private:
  std::uint32_t seed() const;
};

inline Extent blocks(std::uint64_t first, std::uint64_t count) {
  return {first * MadeVolume::kBlock, count * MadeVolume::kBlock};
}

}  // namespace test
}  // namespace disktwin::fs::ext
