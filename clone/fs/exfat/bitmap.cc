#include "clone/fs/exfat/bitmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "clone/fs/exfat/cluster_chain.h"

namespace disktwin::fs::exfat {
namespace {

// Turns words of 64 clusters into runs.
class Runs {
 public:
  explicit Runs(const std::function<void(std::uint32_t, std::uint32_t)>& taken) : taken_(taken) {}

  // `index` counts clusters from 0.
  void add(std::uint64_t index, std::uint64_t word) {
    while (word != 0) {
      const int skip = std::countr_zero(word);
      const int ones = std::countr_one(word >> skip);
      const std::uint64_t start = index + static_cast<unsigned>(skip);
      if (start != end_) finish();
      if (begin_ == end_) begin_ = start;
      end_ = start + static_cast<unsigned>(ones);
      if (skip + ones == 64) break;
      word &= ~std::uint64_t{0} << (skip + ones);
    }
  }
  void finish() {
    if (begin_ != end_) {
      taken_(static_cast<std::uint32_t>(begin_ + kFirstCluster),
             static_cast<std::uint32_t>(end_ - begin_));
    }
    begin_ = end_;
  }

 private:
  const std::function<void(std::uint32_t, std::uint32_t)>& taken_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace

Bitmap::Bitmap(const BlockReader& volume, const Geometry& geometry, const Stream& where)
    : volume_(volume), geometry_(geometry), bytes_((std::uint64_t{geometry.clusterCount} + 7) / 8) {
  if (where.length < bytes_) {
    problem_ = fmt::format("its allocation bitmap has {} bytes, {} clusters need {}", where.length,
                           geometry.clusterCount, bytes_);
    return;
  }
  // The bitmap has no flag to say that it lies in one piece: it always has a chain.
  ClusterTable table(volume, geometry);
  std::uint32_t found = 0;
  const std::uint32_t needed = geometry.clustersFor(bytes_);
  followChain(table, geometry, where.firstCluster, needed,
              [&](std::uint32_t first, std::uint32_t count) {
                extents_.push_back(geometry.clusters(first, count));
                found += count;
              });
  if (found < needed) problem_ = "the chain of its allocation bitmap is broken";
}

bool Bitmap::has(std::uint32_t cluster) const {
  std::uint64_t at = (cluster - kFirstCluster) / 8;
  for (const Extent& extent : extents_) {
    if (at < extent.length) {
      const auto byte = readStruct<std::uint8_t>(volume_, extent.offset + at);
      return (byte >> (cluster - kFirstCluster) % 8 & 1) != 0;
    }
    at -= extent.length;
  }
  return false;
}

void Bitmap::scan(const std::function<void(std::uint32_t, std::uint32_t)>& taken) const {
  Runs runs(taken);
  std::vector<std::byte> piece;
  std::uint64_t done = 0;  // bytes of the bitmap before this extent
  for (const Extent& whole : extents_) {
    // Every extent but the last consists of whole clusters, so 64-bit words never cross its end.
    const Extent extent{whole.offset, std::min(whole.length, bytes_ - done)};
    for (std::uint64_t at = 0; at < extent.length;) {
      const Extent data = intersection(volume_.nextData(extent.offset + at), extent);
      if (data.empty()) break;
      at = roundDown(data.offset - extent.offset, 8);
      const auto length = static_cast<std::size_t>(std::min(MiB, extent.length - at));
      piece.assign(roundUp(length, 8), std::byte{0});
      volume_.read(extent.offset + at, std::span(piece).first(length));
      for (std::size_t i = 0; i < length; i += 8) {
        const std::uint64_t index = (done + at + i) * 8;
        std::uint64_t word = structAt<le64>(piece, i);
        const std::uint64_t left = geometry_.clusterCount - index;
        if (left < 64) word &= (std::uint64_t{1} << left) - 1;  // bits beyond the last cluster
        runs.add(index, word);
      }
      at += length;
    }
    done += extent.length;
  }
  runs.finish();
}

std::uint32_t Bitmap::countTaken() const {
  std::uint32_t sum = 0;
  scan([&](std::uint32_t, std::uint32_t count) { sum += count; });
  return sum;
}

}  // namespace disktwin::fs::exfat
