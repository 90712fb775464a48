#include "clone/fs/ntfs/bitmap.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

void requireCover(const Stream& bitmap, std::uint64_t clusters) {
  const std::uint64_t needed = (clusters + 7) / 8;
  const std::uint64_t have = std::min(bitmap.size(), bitmap.initializedSize());
  if (have < needed) {
    throw Damage{
        fmt::format("$Bitmap speaks of {} clusters, the volume has {}", have * 8, clusters)};
  }
  if (!bitmap.isPlain() || bitmap.hasHoleBelow(needed)) {
    throw Damage{"$Bitmap is described as compressed, encrypted or sparse"};
  }
}

// Sets the zeroes between two ones that are fewer than `gap`, a power of two. A bitmap of 512 MiB
// with every second bit set is otherwise two thousand million runs.
std::uint64_t withGapsFilled(std::uint64_t bits, std::uint64_t gap) {
  std::uint64_t filled = bits;
  for (std::uint64_t step = 1; step < std::min<std::uint64_t>(gap, 64); step *= 2) {
    filled |= filled << step;
  }
  // Every run is now longer by gap - 1; what is taken off again leaves the gaps that were closed.
  for (std::uint64_t step = 1; step < std::min<std::uint64_t>(gap, 64); step *= 2) {
    filled &= filled >> step;
  }
  return bits | filled;
}

// Joins the set bits of one word after the other to runs.
class RunJoiner {
 public:
  RunJoiner(std::uint64_t clusters, std::uint64_t gap, const ClusterVisitor& visit)
      : clusters_(clusters), gap_(gap), visit_(visit) {}

  void addWord(std::uint64_t first, std::uint64_t bits) {
    bits = withGapsFilled(bits, gap_);
    if (bits == ~0ULL) return addRun(first, 64);
    unsigned at = 0;
    while (bits != 0) {
      const auto skip = static_cast<unsigned>(std::countr_zero(bits));
      bits >>= skip;
      at += skip;
      const auto count = static_cast<unsigned>(std::countr_one(bits));
      addRun(first + at, count);
      bits >>= count;  // below 64: a word of ones has been dealt with
      at += count;
    }
  }

  void flush() {
    if (first_ < std::min(end_, clusters_)) visit_(first_, std::min(end_, clusters_) - first_);
  }

 private:
  void addRun(std::uint64_t first, std::uint64_t count) {
    if (first_ == end_ || first - end_ >= gap_) {
      flush();
      first_ = first;
    }
    end_ = first + count;
  }

  std::uint64_t clusters_;
  std::uint64_t gap_;
  const ClusterVisitor& visit_;
  std::uint64_t first_ = 0;
  std::uint64_t end_ = 0;
};

// Calls back with words of 64 clusters; words that are not mentioned are zero.
template <typename OnWord>
void forEachWord(const Stream& bitmap, std::uint64_t clusters, const OnWord& onWord) {
  const std::uint64_t end = (clusters + 7) / 8;
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(roundUp(end, 8), MiB)));
  std::uint64_t at = 0;
  while (true) {
    const Extent data = bitmap.nextData(at);
    if (data.empty() || data.offset >= end) return;
    // Never behind `at`, which is a multiple of 8 itself.
    at = roundDown(data.offset, 8);
    const std::uint64_t stop = std::min(data.end(), end);
    while (at < stop) {
      const auto length =
          static_cast<std::size_t>(std::min<std::uint64_t>(end - at, buffer.size()));
      bitmap.read(at, std::span(buffer).first(length));
      std::fill(buffer.begin() + static_cast<std::ptrdiff_t>(length), buffer.end(), std::byte{0});
      for (std::size_t i = 0; i < length; i += 8) {
        const std::uint64_t bits = structAt<le64>(buffer, i);
        if (bits != 0) onWord((at + i) * 8, bits);
      }
      at += roundUp(length, 8);
    }
    if (at >= end) return;
  }
}

// Single bytes, in ascending order: nothing is read twice.
class Window {
 public:
  Window(const Stream& bitmap, std::uint64_t end)
      : bitmap_(bitmap), end_(end), buffer_(static_cast<std::size_t>(std::min(end, 64 * KiB))) {}

  std::uint8_t at(std::uint64_t offset) {
    if (length_ == 0 || offset - start_ >= length_) {
      start_ = offset;
      length_ = static_cast<std::size_t>(std::min<std::uint64_t>(end_ - offset, buffer_.size()));
      bitmap_.read(start_, std::span(buffer_).first(length_));
    }
    return std::to_integer<std::uint8_t>(buffer_[static_cast<std::size_t>(offset - start_)]);
  }

 private:
  const Stream& bitmap_;
  std::uint64_t end_;
  std::uint64_t start_ = 0;
  std::size_t length_ = 0;
  std::vector<std::byte> buffer_;
};

bool areSet(Window& window, std::uint64_t first, std::uint64_t end) {
  while (first < end) {
    const auto bit = static_cast<unsigned>(first % 8);
    const auto count = static_cast<unsigned>(std::min<std::uint64_t>(8 - bit, end - first));
    const unsigned mask = ((1U << count) - 1) << bit;
    if ((window.at(first / 8) & mask) != mask) return false;
    first += count;
  }
  return true;
}

}  // namespace

void forEachUsedRun(const Stream& bitmap, std::uint64_t clusters, std::uint64_t gap,
                    const ClusterVisitor& visit) {
  requireCover(bitmap, clusters);
  RunJoiner runs(clusters, std::bit_floor(std::max<std::uint64_t>(gap, 1)), visit);
  forEachWord(bitmap, clusters,
              [&](std::uint64_t first, std::uint64_t bits) { runs.addWord(first, bits); });
  runs.flush();
}

bool areUsed(const Stream& bitmap, const Geometry& geometry, const ExtentSet& extents) {
  requireCover(bitmap, geometry.clusters);
  Window window(bitmap, (geometry.clusters + 7) / 8);
  const std::uint64_t unit = geometry.clusterSize;
  for (const Extent& extent : extents) {
    const std::uint64_t end = (extent.end() - 1) / unit + 1;
    if (end > geometry.clusters) throw Damage{"clusters are asked for that $Bitmap does not know"};
    if (!areSet(window, extent.offset / unit, end)) return false;
  }
  return true;
}

std::uint64_t countUsed(const Stream& bitmap, std::uint64_t clusters) {
  requireCover(bitmap, clusters);
  std::uint64_t count = 0;
  forEachWord(bitmap, clusters, [&](std::uint64_t first, std::uint64_t bits) {
    if (clusters - first < 64) bits &= (1ULL << (clusters - first)) - 1;
    count += static_cast<std::uint64_t>(std::popcount(bits));
  });
  return count;
}

}  // namespace disktwin::fs::ntfs
