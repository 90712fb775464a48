// Bits of a block bitmap: the lowest bit of the first byte is the group's first cluster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace disktwin::fs::ext {

// The first bit at or after `from` and below `end` that is `value`; `end` when there is none.
// Precondition: `end` bits are there.
std::uint32_t nextBit(std::span<const std::byte> bitmap, std::uint32_t from, std::uint32_t end,
                      bool value);

// Sets in `bitmap` what is set in `other`, which is as long.
void uniteBits(std::span<std::byte> bitmap, std::span<const std::byte> other);

// Calls `run(first, count)` for every run of set bits among the first `bits`, and returns how many
// bits of these are not set.
template <typename Run>
std::uint32_t forEachRun(std::span<const std::byte> bitmap, std::uint32_t bits, const Run& run) {
  std::uint32_t clear = bits;
  for (std::uint32_t at = 0; at < bits;) {
    const std::uint32_t first = nextBit(bitmap, at, bits, true);
    at = nextBit(bitmap, first, bits, false);
    if (at > first) run(first, at - first);
    clear -= at - first;
  }
  return clear;
}

}  // namespace disktwin::fs::ext
