#include "clone/fs/fat/table.h"

#include <algorithm>
#include <array>
#include <vector>

namespace disktwin::fs::fat {
namespace {

// Pieces begin at whole bytes and whole entries, whatever their width: at multiples of 12 bytes.
constexpr std::uint64_t kPieceUnit = 12;
constexpr std::uint64_t kPiece = MiB / kPieceUnit * kPieceUnit;

std::uint32_t entryAt(std::span<const std::byte> table, unsigned bits, std::size_t index) {
  switch (bits) {
    case 12: {
      // Two entries share three bytes. The last may be cut after its second byte.
      const std::size_t at = index + index / 2;
      const std::uint32_t pair = structAt<le16>(table, at);
      return index % 2 != 0 ? pair >> 4 : pair & 0xFFF;
    }
    case 16:
      return structAt<le16>(table, index * 2);
    default:
      return structAt<le32>(table, index * 4) & 0x0FFFFFFF;
  }
}

// Reads the same piece of every copy and lays them over each other. An entry that is not zero in
// any copy is not zero in the result, so a cluster is kept when any copy says that it is in use:
// whichever copy a driver or a repair tool trusts, what it refers to is there.
class Overlay {
 public:
  Overlay(const BlockReader& volume, const Geometry& geometry)
      : volume_(volume), geometry_(geometry) {}

  std::span<const std::byte> read(std::uint64_t at, std::size_t length) {
    sum_.resize(length);
    copy_.resize(length);
    volume_.read(geometry_.tableAt(0) + at, sum_);
    for (unsigned i = 1; i < geometry_.tableCount; ++i) {
      volume_.read(geometry_.tableAt(i) + at, copy_);
      // Entries 0 and 1 hold flags, which not every driver writes to every copy.
      const std::size_t flags = at == 0 ? std::min<std::size_t>(length, geometry_.bits / 4) : 0;
      if (std::ranges::equal(std::span(sum_).subspan(flags), std::span(copy_).subspan(flags))) {
        continue;
      }
      differ_ = true;
      for (std::size_t b = 0; b < length; ++b) sum_[b] |= copy_[b];
    }
    return sum_;
  }

  // The first place at or after `at` where a copy may hold something else than zeroes.
  std::uint64_t nextData(std::uint64_t at) const {
    std::uint64_t next = geometry_.tableBytes;
    for (unsigned i = 0; i < geometry_.tableCount; ++i) {
      const std::uint64_t start = geometry_.tableAt(i);
      const Extent found = volume_.nextData(start + at);
      if (!found.empty()) next = std::min(next, found.offset - start);
    }
    return next;
  }

  bool differ() const { return differ_; }

 private:
  const BlockReader& volume_;
  const Geometry& geometry_;
  std::vector<std::byte> sum_;
  std::vector<std::byte> copy_;
  bool differ_ = false;
};

// Joins neighbouring clusters into runs.
class Runs {
 public:
  explicit Runs(const std::function<void(std::uint32_t, std::uint32_t)>& taken) : taken_(taken) {}

  void add(std::uint32_t cluster) {
    if (length_ != 0 && first_ + length_ == cluster) {
      ++length_;
      return;
    }
    finish();
    first_ = cluster;
    length_ = 1;
  }
  void finish() {
    if (length_ != 0) taken_(first_, length_);
    length_ = 0;
  }

 private:
  const std::function<void(std::uint32_t, std::uint32_t)>& taken_;
  std::uint32_t first_ = 0;
  std::uint32_t length_ = 0;
};

}  // namespace

TableCount scanTables(const BlockReader& volume, const Geometry& geometry,
                      const std::function<void(std::uint32_t, std::uint32_t)>& taken) {
  TableCount out;
  Overlay overlay(volume, geometry);
  Runs runs(taken);
  const std::uint32_t badMark = 0x0FFFFFF7U & geometry.entryMask();
  const std::uint64_t needed = geometry.usefulTableBytes();
  const std::uint32_t entries = geometry.clusterCount + 2;
  for (std::uint64_t at = 0; at < needed;) {
    at = roundDown(overlay.nextData(at), kPieceUnit);
    if (at >= needed) break;
    const std::uint64_t length = std::min(kPiece, needed - at);
    const auto piece = overlay.read(at, static_cast<std::size_t>(length));
    const auto first = static_cast<std::uint32_t>(at * 8 / geometry.bits);
    const auto count = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(entries - first, length * 8 / geometry.bits));
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t value = entryAt(piece, geometry.bits, i);
      if (value == 0 || first + i < 2) continue;  // entries 0 and 1 are no clusters
      ++out.used;
      if (value == badMark) ++out.bad;
      runs.add(first + i);
    }
    at += length;
  }
  runs.finish();
  out.copiesDiffer = overlay.differ();
  return out;
}

std::uint32_t readEntry(const BlockReader& volume, const Geometry& geometry, std::uint32_t number) {
  const std::uint64_t at = geometry.bits == 12 ? std::uint64_t{number} + number / 2
                                               : std::uint64_t{number} * geometry.bits / 8;
  const std::uint64_t start = geometry.tableAt(geometry.activeTable);
  if (geometry.bits == 32) return readStruct<le32>(volume, start + at);
  const std::uint32_t value = readStruct<le16>(volume, start + at);
  if (geometry.bits == 16) return value;
  return number % 2 != 0 ? value >> 4 : value & 0xFFF;
}

}  // namespace disktwin::fs::fat
