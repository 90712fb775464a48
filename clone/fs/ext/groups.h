// Block group descriptors: where a group's bitmaps and inodes lie, and what of them is initialised.
#pragma once

#include <cstdint>
#include <vector>

#include "clone/fs/ext/journal.h"
#include "clone/fs/ext/volume.h"

namespace disktwin::fs::ext {

// What a descriptor says, checked against the geometry.
struct Group {
  std::uint64_t blockBitmap = 0;
  std::uint64_t inodeBitmap = 0;
  std::uint64_t inodeTable = 0;
  std::uint32_t inodeBlocks =
      0;  // of the inode table, from its start, that hold initialised inodes
  std::uint32_t freeClusters = 0;
  std::uint32_t bitmapChecksum = 0;  // as wide as bitmapChecksumMask() says
  bool tableZeroed = false;          // the rest of the inode table holds zeroes, by promise
  bool blockUninit = false;          // the bitmap was never written: only metadata is in use
};

// Which bits of the bitmap's checksum a descriptor has room for; 0 when there is none.
std::uint32_t bitmapChecksumMask(const Geometry& geometry);

// Reads descriptors, piece by piece, as they will be once the log is replayed. Where the copies in
// the log disagree, the one by which more is in use counts.
class GroupTable {
 public:
  GroupTable(const Volume& volume, const PendingLog& log) : volume_(volume), log_(log) {}

  // The groups that `count` blocks of descriptors from `index` on describe. Throws Unproven when
  // one of them is damaged.
  std::vector<Group> read(std::uint64_t index, std::uint64_t count) const;

 private:
  std::vector<std::byte> rawBlocks(std::uint64_t index, std::uint64_t count) const;
  void applyLog(std::uint64_t index, std::span<Group> groups) const;

  const Volume& volume_;
  const PendingLog& log_;
};

// Where the inodes of a group start, by the descriptor in its place; not checked.
std::uint64_t inodeTableOf(const Volume& volume, std::uint64_t group);

}  // namespace disktwin::fs::ext
