// The boot sector, checked: the volume's geometry.
#pragma once

#include "clone/fs/ntfs/layout.h"
#include "platform/extent.h"

namespace disktwin::fs::ntfs {

bool bearsSignature(const BootSector& boot);

// Proven to lie inside the volume, so that clusters below `clusters` can be read without a check.
struct Geometry {
  std::uint32_t sectorSize = 0;
  std::uint32_t clusterSize = 0;
  std::uint32_t recordSize = 0;  // of a FILE record
  std::uint64_t sectors = 0;     // without the backup boot sector
  std::uint64_t clusters = 0;
  std::uint64_t mftLcn = 0;
  std::uint64_t mirrorLcn = 0;

  std::uint64_t bytes() const { return sectors * sectorSize; }
  Extent bytesOf(std::uint64_t lcn, std::uint64_t count) const {
    return {lcn * clusterSize, count * clusterSize};
  }
};

// Throws Damage.
Geometry geometryOf(const BootSector& boot, std::uint64_t volumeSize);

}  // namespace disktwin::fs::ntfs
