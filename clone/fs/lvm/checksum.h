// The checksum of everything that LVM2 protects: the CRC-32 of Ethernet without its last inversion,
// from a start value of its own (lib/misc/crc.c and INITIAL_CRC in lib/misc/crc.h of lvm2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace disktwin::fs::lvm {

inline constexpr std::uint32_t kInitialChecksum = 0xF597A6CF;

// Pieces are chained by giving the result for the one before.
std::uint32_t checksum(std::span<const std::byte> data, std::uint32_t crc = kInitialChecksum);

}  // namespace disktwin::fs::lvm
