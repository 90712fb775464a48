// The file allocation table of exFAT: it links the clusters of what does not lie in one piece.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "clone/fs/exfat/boot_region.h"

namespace disktwin::fs::exfat {

// The active table. Keeps the last part that was read; not to be shared between threads.
class ClusterTable {
 public:
  ClusterTable(const BlockReader& volume, const Geometry& geometry)
      : volume_(volume), geometry_(geometry) {}

  // `cluster` must be one of the volume.
  std::uint32_t next(std::uint32_t cluster);

  // How often the medium was read: a measure of how much the chains jump about.
  std::uint64_t reads() const { return reads_; }

 private:
  static constexpr std::size_t kPart = 4096;  // small: chains may jump about

  const BlockReader& volume_;
  const Geometry& geometry_;
  std::array<std::byte, kPart> part_{};
  std::uint64_t partAt_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t reads_ = 0;
};

enum class ChainEnd {
  Marked,  // by the end-of-chain mark
  Limit,   // `most` clusters were seen, the chain may go on
  Broken,  // by something that is no cluster
  Circle,  // it leads back to itself; noticed some time after, but before long
};

// Follows the chain from `first` on for at most `most` clusters, and calls `run` for every piece of
// it, neighbours joined, clusters in the order of the chain.
ChainEnd followChain(ClusterTable& table, const Geometry& geometry, std::uint32_t first,
                     std::uint32_t most,
                     const std::function<void(std::uint32_t first, std::uint32_t count)>& run);

}  // namespace disktwin::fs::exfat
