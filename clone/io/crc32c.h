// CRC-32C (Castagnoli, RFC 3720 appendix B.4), as ext4, XFS and Btrfs use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace disktwin {

// The bare register: starts from `crc` and is not inverted at the end, so that calls can be
// chained. The usual checksum of a buffer is ~crc32c(~0U, buffer); ext4 stores the value without
// the last inversion.
std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> data);

}  // namespace disktwin
