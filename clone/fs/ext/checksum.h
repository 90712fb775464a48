// The checksums of group descriptors and bitmaps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "clone/fs/ext/geometry.h"

namespace disktwin::fs::ext {

// CRC-16 with the polynomial 0x8005, reflected; not inverted at the end.
std::uint16_t crc16(std::uint16_t crc, std::span<const std::byte> data);

// "Checksums" and "Block Group Descriptors": `raw` is one descriptor as it lies on disk.
// Precondition: the filesystem has such checksums.
std::uint16_t descriptorChecksum(const Geometry& geometry, std::uint64_t group,
                                 std::span<const std::byte> raw);

}  // namespace disktwin::fs::ext
