// Makes FAT12, FAT16 and FAT32 smaller where they lie: clusters behind the new end are moved to
// free ones before it, and whatever names them is told so. Everything else stays byte by byte.
#pragma once

#include <cstdint>
#include <string>

#include "clone/fs/filesystem.h"
#include "clone/io/block_reader.h"

namespace disktwin::reshape {

// Why that cannot be done, as a clause; empty when it can.
std::string whyNotShrinkFat(const BlockReader& volume, const fs::VolumeInfo& info);

// The least it can be made, in bytes, without becoming another type of FAT.
std::uint64_t leastFat(const BlockReader& volume);

// Brings the FAT in the file to `size` bytes. Memory: eight bytes for each cluster. Throws
// Error(Failed) when the volume contradicts itself.
void shrinkFat(const std::string& file, std::uint64_t size);

}  // namespace disktwin::reshape
