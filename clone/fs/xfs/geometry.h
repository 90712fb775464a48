// Sizes and places in an XFS volume, checked.
#pragma once

#include <cstdint>

#include "clone/fs/xfs/ondisk.h"
#include "platform/extent.h"

namespace disktwin::fs::xfs {

// Blocks of one allocation group, counted from its start.
struct Run {
  std::uint32_t first = 0;
  std::uint32_t count = 0;

  std::uint64_t end() const { return std::uint64_t{first} + count; }
};

struct Geometry {
  // Throws Unproven when the superblock contradicts itself or the size of the volume, in bytes.
  static Geometry of(const Super& super, std::uint64_t volumeSize);

  bool checksums = false;  // version 5
  std::uint32_t blockSize = 0;
  std::uint32_t sectorSize = 0;
  std::uint64_t blocks = 0;
  std::uint32_t groupBlocks = 0;
  std::uint32_t groupCount = 0;
  unsigned groupBlockLog = 0;
  Uuid uuid{};      // what the log's records bear
  Uuid metaUuid{};  // what all other metadata bear

  // The log in its group; empty when it lies on another device.
  std::uint32_t logGroup = 0;
  Run log;
  // The block of the root directory's inode.
  std::uint32_t rootGroup = 0;
  std::uint32_t rootBlock = 0;

  std::uint64_t bytes() const { return blocks * blockSize; }
  std::uint64_t groupStart(std::uint32_t group) const {
    return std::uint64_t{group} * groupBlocks * blockSize;
  }
  std::uint32_t groupLength(std::uint32_t group) const;
  // Superblock, free space header, inode header and free list take a sector each; what can be free
  // begins behind ("xfs_verify_agbno").
  std::uint32_t headerBlocks() const { return 3 * sectorSize / blockSize + 1; }
  Extent extent(std::uint32_t group, Run run) const {
    return {groupStart(group) + std::uint64_t{run.first} * blockSize,
            std::uint64_t{run.count} * blockSize};
  }
  Extent logExtent() const { return extent(logGroup, log); }
};

}  // namespace disktwin::fs::xfs
