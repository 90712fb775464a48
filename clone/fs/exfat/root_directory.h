// What only the root directory of exFAT holds: where the allocation bitmap and the up-case table
// lie, and the label.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "clone/fs/exfat/boot_region.h"

namespace disktwin::fs::exfat {

struct Stream {
  std::uint32_t firstCluster = 0;
  std::uint64_t length = 0;  // bytes
};

struct RootDirectory {
  std::vector<Stream> bitmaps;       // one, or two on TexFAT volumes
  std::vector<Stream> upCaseTables;  // one when healthy
  std::string label;                 // UTF-8
  std::vector<Extent> extents;       // of the directory itself
  // Why the directory cannot be relied upon, as UsedMap::whyWhole has it.
  std::string problem;
};

// Reads at most `most` bytes of the directory (rounded up to a piece). The geometry must have no
// problem.
RootDirectory readRootDirectory(const BlockReader& volume, const Geometry& geometry,
                                std::uint64_t most);

// Section 7.4: no directory is larger.
inline constexpr std::uint64_t kMostDirectoryBytes = 256 * MiB;

}  // namespace disktwin::fs::exfat
