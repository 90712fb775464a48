// Mapping pairs: which clusters of the volume hold an attribute.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace disktwin::fs::ntfs {

struct Run {
  static constexpr std::uint64_t kHole = ~0ULL;  // as `lcn`: sparse, reads as zeroes

  std::uint64_t vcn = 0;
  std::uint64_t lcn = 0;
  std::uint64_t length = 0;  // in clusters, never 0

  bool isHole() const { return lcn == kHole; }
  std::uint64_t end() const { return vcn + length; }
  friend bool operator==(const Run&, const Run&) = default;
};

// Decodes the pairs of an extent that maps [firstVcn, endVcn). The runs follow each other without
// a gap and lie below `clusters`. Throws Damage.
std::vector<Run> decodeRuns(std::span<const std::byte> pairs, std::uint64_t firstVcn,
                            std::uint64_t endVcn, std::uint64_t clusters);

}  // namespace disktwin::fs::ntfs
