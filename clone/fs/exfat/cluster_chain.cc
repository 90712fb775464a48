#include "clone/fs/exfat/cluster_chain.h"

#include <algorithm>

namespace disktwin::fs::exfat {

std::uint32_t ClusterTable::next(std::uint32_t cluster) {
  const std::uint64_t at = std::uint64_t{cluster} * 4;
  const std::uint64_t wanted = roundDown(at, kPart);
  if (wanted != partAt_) {
    // The last part may be cut by the end of the table.
    const std::uint64_t length = std::min<std::uint64_t>(kPart, geometry_.tableBytes - wanted);
    const std::uint64_t start =
        geometry_.tableStart + geometry_.activeTable * geometry_.tableBytes + wanted;
    partAt_ = std::numeric_limits<std::uint64_t>::max();
    volume_.read(start, std::span(part_).first(static_cast<std::size_t>(length)));
    partAt_ = wanted;
    ++reads_;
  }
  return structAt<le32>(part_, static_cast<std::size_t>(at - wanted));
}

ChainEnd followChain(ClusterTable& table, const Geometry& geometry, std::uint32_t first,
                     std::uint32_t most,
                     const std::function<void(std::uint32_t, std::uint32_t)>& run) {
  constexpr std::uint32_t kEndOfChain = 0xFFFFFFFF;  // section 4.1.3
  std::uint32_t runFirst = first;
  std::uint32_t runLength = 0;
  std::uint32_t cluster = first;
  // Brent's way to find circles: wait for a cluster seen earlier, take a later one ever less often.
  std::uint32_t awaited = 0;
  std::uint64_t nextAwaited = 1;
  ChainEnd end = ChainEnd::Limit;
  for (std::uint32_t seen = 0; seen < most; ++seen) {
    if (!geometry.isCluster(cluster)) {
      end = cluster == kEndOfChain && seen != 0 ? ChainEnd::Marked : ChainEnd::Broken;
      break;
    }
    if (cluster == awaited) {
      end = ChainEnd::Circle;
      break;
    }
    if (seen == nextAwaited) {
      awaited = cluster;
      nextAwaited *= 2;
    }
    if (cluster != runFirst + runLength) {
      run(runFirst, runLength);
      runFirst = cluster;
      runLength = 0;
    }
    ++runLength;
    cluster = table.next(cluster);
  }
  if (runLength != 0) run(runFirst, runLength);
  // A chain of just `most` clusters is complete as well.
  if (end == ChainEnd::Limit && most != 0 && cluster == kEndOfChain) end = ChainEnd::Marked;
  return end;
}

}  // namespace disktwin::fs::exfat
