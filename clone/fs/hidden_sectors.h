// "Hidden sectors": the number of sectors in front of the partition, as boot sectors of FAT and
// NTFS have it. Only boot code reads it, and without it being right a moved system does not start.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"

namespace disktwin::fs {

// Whether a filesystem has such a number, by VolumeInfo::type.
bool hasHiddenSectors(const std::string& type);

// For the boot sector, and its copies at `copies` (bytes; where there is none, nothing is done),
// that say that the partition begins at byte `from`: that it begins at `to`. Throws only
// Error(Read).
std::vector<Patch> moveHiddenSectors(const BlockReader& volume, std::uint32_t sectorBytes,
                                     const std::set<std::uint64_t>& copies, std::uint64_t from,
                                     std::uint64_t to);

}  // namespace disktwin::fs
