// The checksum of F2FS: CRC-32 (IEEE 802.3), begun with the magic number and not inverted at the
// end. Specification: Linux, fs/f2fs/f2fs.h (f2fs_crc32).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "clone/fs/f2fs/ondisk.h"

namespace disktwin::fs::f2fs {

std::uint32_t checksum(std::span<const std::byte> data, std::uint32_t begin = kMagic);

// True when the superblock has no checksum, or the right one.
bool checksumFits(const Super& super);

// Of the first block of a checkpoint (or its copy at the end), which is all but the checksum. The
// block is a whole one.
bool checksumFits(std::span<const std::byte> checkpointBlock);

// What is stored there. Precondition: checksumFits().
std::uint32_t storedChecksum(std::span<const std::byte> checkpointBlock);

}  // namespace disktwin::fs::f2fs
