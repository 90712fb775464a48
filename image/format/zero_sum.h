// The checksum that a Zstandard frame of zeroes bears, without going over the zeroes.
#pragma once

#include <cstdint>

namespace disktwin::image {

// The low 32 bits of XXH64 (seed 0) of `length` zeroes (RFC 8878, 3.1.1, "Content_Checksum"). Any
// length; beyond kLongestZeroRun it takes the longer. Thread-safe.
std::uint32_t zeroSum(std::uint64_t length);

}  // namespace disktwin::image
