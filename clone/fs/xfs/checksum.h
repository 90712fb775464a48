// The CRC-32C that version 5 puts into all metadata.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace disktwin::fs::xfs {

// The checksum of `data` in which the four bytes at `at` count as zeroes ("xfs_start_cksum_safe").
std::uint32_t checksumOf(std::span<const std::byte> data, std::size_t at);

// Whether the checksum that lies at `at` is right.
bool checksumFits(std::span<const std::byte> data, std::size_t at);

}  // namespace disktwin::fs::xfs
