// A contiguous run of bytes on a disk, a volume or a file.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace disktwin {

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;
inline constexpr std::uint64_t GiB = 1024 * MiB;
inline constexpr std::uint64_t TiB = 1024 * GiB;

// Half open: [offset, offset + length), in bytes. A plain value. An extent whose end would not fit
// into 64 bits must not be built from untrusted numbers; use extentFits() first.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  constexpr std::uint64_t end() const { return offset + length; }
  constexpr bool empty() const { return length == 0; }
  constexpr bool contains(const Extent& other) const {
    return other.offset >= offset && other.end() <= end();
  }
  constexpr bool overlaps(const Extent& other) const {
    return offset < other.end() && other.offset < end();
  }
  friend constexpr auto operator<=>(const Extent&, const Extent&) = default;
};

// True when [offset, offset + length) lies within [0, size), with no overflow for any input.
constexpr bool extentFits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
  return offset <= size && length <= size - offset;
}

// The common part of two extents; empty (length 0) when there is none.
constexpr Extent intersection(const Extent& a, const Extent& b) {
  const std::uint64_t from = a.offset > b.offset ? a.offset : b.offset;
  const std::uint64_t to = a.end() < b.end() ? a.end() : b.end();
  return from < to ? Extent{from, to - from} : Extent{from, 0};
}

constexpr std::uint64_t roundDown(std::uint64_t value, std::uint64_t unit) {
  return value - value % unit;
}

// Saturates at the largest multiple of `unit` that fits.
constexpr std::uint64_t roundUp(std::uint64_t value, std::uint64_t unit) {
  const std::uint64_t rest = value % unit;
  if (rest == 0) return value;
  const std::uint64_t up = value - rest;
  return up > std::numeric_limits<std::uint64_t>::max() - unit ? up : up + unit;
}

}  // namespace disktwin
