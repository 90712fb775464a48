// Whether a checksum that lies on a disk is that of the bytes it belongs to. All formats ask here,
// so that a fuzzer can have every checksum count as right and so reach what lies behind them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace disktwin {

bool checksumAgrees(std::uint64_t stored, std::uint64_t computed);
// For longer ones, of the same length.
bool checksumAgrees(std::span<const std::byte> stored, std::span<const std::byte> computed);

}  // namespace disktwin
