#include "clone/fs/btrfs/chunks.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "clone/fs/btrfs/unproven.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::btrfs {
namespace {

// A chunk has a GiB or more on a large filesystem, so this is hundreds of TiB; and it bounds
// memory.
constexpr std::size_t kMostChunks = 1U << 19;

[[noreturn]] void refuse(std::uint64_t logical, const char* what) {
  throw Unproven{fmt::format("the chunk at {} {}", logical, what)};
}

bool isOneOf(std::uint64_t profile, std::uint64_t set) {
  return (profile & set) != 0;
}

// "btrfs_raid_array[]" of fs/btrfs/volumes.c: how many devices carry what is written once, and how
// many of the stripes are parity.
void describeLayout(Chunk& chunk, const ChunkHeader& header) {
  const std::uint64_t profile = chunk.type & kProfileMask;
  const std::uint32_t stripes = header.stripes;
  std::uint32_t exactly = 0;
  if (profile == 0) exactly = 1;
  if (isOneOf(profile, kDup | kRaid1)) exactly = 2;
  if (profile == kRaid1c3) exactly = 3;
  if (profile == kRaid1c4) exactly = 4;
  if (exactly != 0) {
    if (stripes != exactly) refuse(chunk.logical.offset, "has the wrong number of stripes");
    return;
  }
  chunk.layout = isOneOf(profile, kRaid5 | kRaid6) ? Chunk::Layout::Parity : Chunk::Layout::Striped;
  std::uint32_t columns = stripes;
  if (profile == kRaid10) {
    if (header.subStripes != 2 || stripes % 2 != 0) {
      refuse(chunk.logical.offset, "has stripes that cannot be paired");
    }
    columns = stripes / 2;
  }
  const std::uint32_t parity = profile == kRaid5 ? 1 : profile == kRaid6 ? 2 : 0;
  if (columns <= parity) refuse(chunk.logical.offset, "has too few stripes");
  chunk.columns = columns - parity;
}

// The part of a striped range that lies in one column, as offsets in that column. What a column
// has of consecutive rows is consecutive there.
Extent inColumn(Extent range, std::uint64_t columns, std::uint64_t column) {
  const std::uint64_t first = range.offset / kStripe;
  const std::uint64_t last = (range.end() - 1) / kStripe;
  const std::uint64_t mine = first + (column + columns - first % columns) % columns;
  if (mine > last) return {};
  const std::uint64_t mineLast = last - (last % columns + columns - column) % columns;
  const std::uint64_t from =
      mine / columns * kStripe + (mine == first ? range.offset % kStripe : 0);
  const std::uint64_t to =
      mineLast / columns * kStripe + (mineLast == last ? (range.end() - 1) % kStripe + 1 : kStripe);
  return {from, to - from};
}

}  // namespace

void ChunkMap::add(std::uint64_t logical, std::span<const std::byte> item) {
  // "btrfs_check_chunk_valid()", fs/btrfs/tree-checker.c.
  if (item.size() < sizeof(ChunkHeader)) refuse(logical, "is cut short");
  const auto header = structAt<ChunkHeader>(item, 0);
  const auto stripes = item.subspan(sizeof(ChunkHeader));
  if (header.stripes == 0 || stripes.size() != header.stripes * sizeof(ChunkStripe)) {
    refuse(logical, "has not as many stripes as it says");
  }
  const std::uint64_t unit = device_.sectorSize;
  if (header.length == 0 || header.length % unit != 0 || logical % unit != 0 ||
      header.length > std::numeric_limits<std::uint64_t>::max() - logical) {
    refuse(logical, "has an impossible address or length");
  }
  if (header.stripeLength != kStripe) refuse(logical, "has stripes of an unknown length");
  if ((header.type & ~std::uint64_t{kKindMask | kProfileMask}) != 0 ||
      (header.type & kKindMask) == 0 || std::popcount(header.type & kProfileMask) > 1) {
    refuse(logical, "is of an unknown type");
  }
  if (!chunks_.empty() && logical < chunks_.back().logical.end()) {
    refuse(logical, "overlaps another");
  }
  if (chunks_.size() >= kMostChunks) throw Unproven{"it has too many chunks"};
  Chunk chunk;
  chunk.logical = {logical, header.length};
  chunk.type = header.type;
  describeLayout(chunk, header);
  if (header.length % chunk.columns != 0) refuse(logical, "cannot be divided among its stripes");
  chunk.deviceLength = header.length / chunk.columns;
  addPieces(chunk, header, stripes);
  chunks_.push_back(chunk);
}

void ChunkMap::addPieces(Chunk& chunk, const ChunkHeader& header,
                         std::span<const std::byte> stripes) {
  chunk.firstPiece = static_cast<std::uint32_t>(pieces_.size());
  const std::uint32_t copies = (chunk.type & kRaid10) != 0 ? 2 : 1;
  for (std::uint32_t i = 0; i < header.stripes; ++i) {
    const auto stripe = structAt<ChunkStripe>(stripes, i * sizeof(ChunkStripe));
    if (stripe.device != device_.id) continue;
    if (stripe.deviceUuid != device_.uuid) {
      refuse(chunk.logical.offset, "names this device by another UUID");
    }
    if (stripe.offset % device_.sectorSize != 0 ||
        !extentFits(stripe.offset, chunk.deviceLength, device_.size)) {
      refuse(chunk.logical.offset, "lies outside the device");
    }
    if (pieces_.size() >= 2 * kMostChunks) throw Unproven{"its chunks are in too many pieces"};
    pieces_.push_back({stripe.offset, i / copies});
    ++chunk.pieces;
  }
}

const Chunk* ChunkMap::find(Extent logical) const {
  const auto after = std::upper_bound(
      chunks_.begin(), chunks_.end(), logical.offset,
      [](std::uint64_t at, const Chunk& chunk) { return at < chunk.logical.offset; });
  if (after == chunks_.begin()) return nullptr;
  const Chunk& chunk = *std::prev(after);
  const std::uint64_t inside = logical.offset - chunk.logical.offset;
  return extentFits(inside, logical.length, chunk.logical.length) ? &chunk : nullptr;
}

std::vector<std::uint64_t> ChunkMap::copiesOf(Extent logical) const {
  std::vector<std::uint64_t> out;
  const Chunk* chunk = find(logical);
  // With parity neighbouring blocks lie on different devices: a tree cannot be read from one.
  if (chunk == nullptr || chunk->layout == Chunk::Layout::Parity) return out;
  project(*chunk, logical, [&](Extent place) {
    if (place.length == logical.length) out.push_back(place.offset);
  });
  return out;
}

void ChunkMap::project(const Chunk& chunk, Extent range,
                       const std::function<void(Extent)>& use) const {
  if (range.empty()) return;
  const Extent inside{range.offset - chunk.logical.offset, range.length};
  for (const Piece& piece : piecesOf(chunk)) {
    Extent part = inside;
    if (chunk.layout == Chunk::Layout::Striped) {
      part = inColumn(inside, chunk.columns, piece.column);
    } else if (chunk.layout == Chunk::Layout::Parity) {
      const std::uint64_t row = kStripe * chunk.columns;
      const std::uint64_t from = inside.offset / row * kStripe;
      const std::uint64_t to = ((inside.end() - 1) / row + 1) * kStripe;
      part = {from, std::min(to, chunk.deviceLength) - from};
    }
    if (!part.empty()) use({piece.offset + part.offset, part.length});
  }
}

void ChunkMap::requireDeviceBytes(std::uint64_t allocated) const {
  std::vector<Extent> places;
  places.reserve(pieces_.size());
  for (const Chunk& chunk : chunks_) {
    for (const Piece& piece : piecesOf(chunk)) {
      places.push_back({piece.offset, chunk.deviceLength});
    }
  }
  std::sort(places.begin(), places.end());
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0 && places[i].offset < places[i - 1].end()) {
      throw Unproven{
          fmt::format("two chunks claim the same place on the device, {}", places[i].offset)};
    }
    sum += places[i].length;
  }
  if (sum != allocated) {
    throw Unproven{fmt::format("its chunks take {} bytes of this device, but {} are allocated", sum,
                               allocated)};
  }
}

}  // namespace disktwin::fs::btrfs
