// The superblock, its copy, and what they say about where things lie.
#pragma once

#include <cstdint>
#include <optional>

#include "clone/fs/f2fs/ondisk.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::f2fs {

struct Supers {
  Super chosen;       // the first one, unless only the second is sound
  bool same = false;  // both are there and alike
  bool fromBackup = false;
};

// Nothing when neither place bears the magic number. The second one alone is believed only when it
// makes sense: it may be left over under another filesystem.
std::optional<Supers> findSuper(const BlockReader& volume);

// Areas of the volume; all numbers are blocks, and all areas lie inside the volume, one behind the
// other, segment by segment.
struct Geometry {
  std::uint32_t checkpoint = 0;
  std::uint32_t payload = 0;
  std::uint32_t sit = 0;
  std::uint32_t sitBlocks = 0;  // of one copy
  std::uint32_t nat = 0;
  std::uint32_t natBlocks = 0;  // of one copy
  std::uint32_t main = 0;
  std::uint32_t segments = 0;  // of the main area
  std::uint64_t end = 0;       // of the main area

  std::uint32_t segmentStart(std::uint32_t segment) const {
    return main + segment * kBlocksPerSegment;
  }
  bool inMain(std::uint32_t block) const { return block >= main && block < end; }
};

// Throws Unproven when the superblock contradicts itself or the size of the volume (in bytes).
Geometry geometryOf(const Super& super, std::uint64_t volumeSize);

}  // namespace disktwin::fs::f2fs
