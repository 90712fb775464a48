// Where things lie in an ext filesystem: the numbers of the superblock, checked, and what follows.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "clone/fs/ext/ondisk.h"
#include "platform/extent.h"

namespace disktwin::fs::ext {

// A run of filesystem blocks.
struct Blocks {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::uint64_t end() const { return first + count; }
};

enum class GroupChecksum { None, Crc16, Crc32c };

// A plain value. Every member is within the limits of the format, so that no arithmetic on block
// numbers below `blocks` overflows; whether the volume is that large is another question.
struct Geometry {
  std::uint32_t blockSize = 0;
  std::uint64_t blocks = 0;
  std::uint32_t firstDataBlock = 0;
  std::uint32_t clusterRatio = 1;  // blocks a cluster, that is a bit of the block bitmap
  std::uint32_t clustersPerGroup = 0;
  std::uint64_t blocksPerGroup = 0;
  std::uint32_t inodesPerGroup = 0;
  std::uint32_t inodeSize = 0;
  std::uint32_t inodeTableBlocks = 0;  // a group
  std::uint64_t groups = 0;
  std::uint32_t descriptorSize = 0;
  std::uint32_t descriptorsPerBlock = 0;
  std::uint64_t descriptorBlocks = 0;
  // As many descriptor blocks lie in a row behind the superblock; the rest, with meta_bg, one each
  // in the groups that it describes.
  std::uint64_t leadingDescriptorBlocks = 0;
  std::uint32_t reservedDescriptorBlocks = 0;
  bool metaBg = false;
  bool flexBg = false;
  bool sparseSuper = false;
  bool sparseSuper2 = false;
  std::array<std::uint32_t, 2> backupGroups{};
  GroupChecksum checksum = GroupChecksum::None;
  std::uint32_t checksumSeed = 0;  // of Crc32c
  std::array<std::uint8_t, 16> uuid{};

  // Throws Unproven when the numbers contradict the format or each other.
  static Geometry of(const Super& super);

  std::uint64_t bytes() const { return blocks * blockSize; }
  std::uint64_t groupStart(std::uint64_t group) const {
    return firstDataBlock + group * blocksPerGroup;
  }
  std::uint64_t groupLength(std::uint64_t group) const {
    return std::min(blocksPerGroup, blocks - groupStart(group));
  }
  // The block that holds the primary superblock, and what belongs to group 0 in front of its
  // bitmaps.
  std::uint64_t superBlock() const { return kSuperOffset / blockSize; }
  Blocks primaryHeader() const { return {0, superBlock() + 1 + leadingDescriptorBlocks}; }
  // Does the group hold the superblock or a backup of it?
  bool hasSuper(std::uint64_t group) const;
  // The primary copy of a block of group descriptors.
  std::uint64_t descriptorBlock(std::uint64_t index) const;
  // Superblock, descriptors and blocks kept for more descriptors at the start of a group.
  Blocks header(std::uint64_t group) const;
  // In bytes. For block numbers below `blocks`.
  Extent extent(Blocks run) const {
    return {run.first * blockSize, run.count * std::uint64_t{blockSize}};
  }
  friend bool operator==(const Geometry&, const Geometry&) = default;
};

// The 64-bit counts that lie in two halves.
std::uint64_t blocksCount(const Super& super);
std::uint64_t freeBlocks(const Super& super);
// 0 when the field makes no sense.
std::uint32_t blockSizeOf(const Super& super);

}  // namespace disktwin::fs::ext
