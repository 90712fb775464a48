#include "clone/fs/btrfs/room.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "clone/fs/btrfs/chunk_tree.h"
#include "clone/fs/btrfs/device_tree.h"
#include "clone/fs/btrfs/roots.h"
#include "clone/fs/btrfs/super.h"
#include "clone/fs/btrfs/tree.h"
#include "clone/fs/btrfs/unproven.h"
#include "clone/fs/btrfs/used_map.h"

namespace disktwin::fs::btrfs {
namespace {

constexpr std::uint64_t kStep = MiB;
// Moving anything writes tree blocks anew and keeps some in reserve; both copies.
constexpr std::uint64_t kTreeReserve = 64 * MiB;
constexpr std::uint64_t kSystemReserve = MiB;
// "btrfs_init_alloc_chunk_ctl()", fs/btrfs/volumes.c: a new chunk takes so much at most, and no
// more than a tenth of the filesystem. Metadata and system chunks may be there twice.
constexpr std::uint64_t kDataChunk = GiB;
constexpr std::uint64_t kTreeChunk = 2 * GiB;
constexpr std::uint64_t kTreeChunkOfSmall = 512 * MiB;
constexpr std::uint64_t kSmall = 50 * GiB;
constexpr std::uint64_t kSystemChunk = 64 * MiB;

enum Kind : std::uint8_t { kOfData, kOfTrees, kOfSystem, kKinds };

// Of mixed chunks what is true of data is true of both.
Kind kindOf(std::uint64_t type) {
  if ((type & kSystem) != 0) return kOfSystem;
  return (type & kData) != 0 ? kOfData : kOfTrees;
}

// A part of the device that is given to a chunk.
struct Allocation {
  Extent place;
  Kind kind{};
  std::uint64_t used = 0;
  std::uint64_t room = 0;  // what extents find place in for certain, wherever the gaps are
};

struct Allocations {
  std::vector<Allocation> all;  // ascending
  std::uint64_t longest = 0;    // no extent of data is longer
};

// An extent of data is moved in one piece; tree blocks fit everywhere.
Allocation allocationOf(Extent place, Kind kind, const ExtentSet& used, std::uint64_t longest) {
  Allocation out{place, kind};
  const ExtentSet here = used.clipped(place);
  out.used = here.bytes();
  for (const Extent gap : subtract(ExtentSet{place}, here)) {
    out.room += gap.length - (kind == kOfData ? std::min(gap.length, longest) : 0);
  }
  return out;
}

std::uint64_t longestData(const BlockReader& volume, const Super& super, const ChunkMap& chunks) {
  std::uint64_t longest = 0;
  TreeReader trees(volume, super, chunks);
  trees.walk(readRoots(trees, super).extents, [&](const Key& key, std::span<const std::byte> item) {
    if (key.type != kExtentItem || item.size() < sizeof(ExtentItem)) return;
    const std::uint64_t flags = structAt<ExtentItem>(item, 0).flags;
    if ((flags & kExtentIsData) != 0) longest = std::max(longest, key.offset);
  });
  return longest;
}

Allocations allocations(const BlockReader& volume, const Super& super) {
  const ExtentSet used = subtract(usedMap(volume, super).extents, reservedPlaces(volume.size()));
  const ChunkTree chunks = readChunks(volume, super);
  Allocations out{{}, longestData(volume, super, chunks.map)};
  for (const Chunk& chunk : chunks.map.chunks()) {
    for (const Piece& piece : chunks.map.piecesOf(chunk)) {
      out.all.push_back(
          allocationOf({piece.offset, chunk.deviceLength}, kindOf(chunk.type), used, out.longest));
    }
  }
  std::sort(out.all.begin(), out.all.end(), [](const Allocation& a, const Allocation& b) {
    return a.place.offset < b.place.offset;
  });
  return out;
}

// What a new chunk of each kind may take away from the others.
std::array<std::uint64_t, kKinds> chunkSizes(std::uint64_t size) {
  const std::uint64_t tenth = size / 10;
  return {std::min(tenth, kDataChunk),
          std::min(2 * tenth, size > kSmall ? kTreeChunk : kTreeChunkOfSmall),
          std::min(tenth, kSystemChunk)};
}

// What so much data takes when it goes to new chunks of a size, at whose ends something remains
// that the next extent does not fit into; nullopt when the longest does not fit at all.
std::optional<std::uint64_t> inChunks(std::uint64_t data, std::uint64_t longest,
                                      std::uint64_t chunk) {
  if (longest > chunk) return std::nullopt;
  if (longest > chunk / 2) return 2 * data;
  return data + data / (chunk - longest) * longest + longest;
}

bool fits(const Allocations& allocations, std::uint64_t size) {
  std::array<std::uint64_t, kKinds> moved{};
  std::array<std::uint64_t, kKinds> room{};
  std::uint64_t taken = kReserved;
  std::uint64_t holes = 1;
  bool moves = false;
  for (const Allocation& one : allocations.all) {
    // Empty chunks are given back before anything is moved.
    if (one.used == 0) continue;
    if (one.place.end() > size) {
      moves = true;
      moved[one.kind] += one.used;
    } else {
      taken += one.place.length;
      room[one.kind] += one.room;
      ++holes;
    }
  }
  if (!moves) return true;
  const std::array<std::uint64_t, kKinds> reserve{0, kTreeReserve, kSystemReserve};
  const auto chunks = chunkSizes(size);
  std::uint64_t needed = 0;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    std::uint64_t more = moved[kind] + moved[kind] / 16 + reserve[kind];
    if (more <= room[kind]) continue;
    more -= room[kind];
    if (kind == kOfData) {
      const auto inNew = inChunks(more, allocations.longest, chunks[kind]);
      if (!inNew) return false;
      more = *inNew + holes * allocations.longest;
    }
    needed += more + chunks[kind];
  }
  return taken < size && needed <= size - taken;
}

std::string whyNotAlone(const BlockReader& volume, const Super& super) {
  requireUsable(super, volume);
  if (super.devices != 1) return fmt::format("it is one of {} devices", super.devices.value());
  if ((super.flags & kSeeding) != 0) return "it is a seed device, which is never written";
  if ((super.incompat & kMetadataUuid) != 0) {
    return "its UUID was changed in the superblock alone (metadata_uuid)";
  }
  if ((super.flags & kError) != 0) return "it has recorded errors in itself (btrfs check)";
  return {};
}

std::string whyFixed(const BlockReader& volume, const Super& super) {
  const std::string why = whyNotAlone(volume, super);
  if (!why.empty()) return why;
  if (super.device.totalBytes < kLeastSize) return "the kernel resizes no Btrfs below 256 MiB";
  const ChunkTree chunks = readChunks(volume, super);
  TreeReader trees(volume, super, chunks.map);
  const Key balance{kBalance, kTemporaryItem, 0};
  const auto found = trees.last(rootTree(super), balance);
  if (found && found->first == balance) {
    return "a balance is under way (let it finish, or cancel it)";
  }
  return isReplacing(trees, readRoots(trees, super).devices) ? "a device of it is being replaced"
                                                             : "";
}

}  // namespace

std::string whyFixed(const BlockReader& volume) {
  try {
    return whyFixed(volume, readStruct<Super>(volume, kSuperOffset));
  } catch (const Unproven& unproven) {
    return unproven.why;
  }
}

std::string whyNotAlone(const BlockReader& volume) {
  try {
    return whyNotAlone(volume, readStruct<Super>(volume, kSuperOffset));
  } catch (const Unproven& unproven) {
    return unproven.why;
  }
}

std::uint64_t leastSize(const BlockReader& volume) {
  const auto super = readStruct<Super>(volume, kSuperOffset);
  try {
    const Allocations all = allocations(volume, super);
    std::uint64_t low = kLeastSize / kStep;
    std::uint64_t high = (super.device.totalBytes + kStep - 1) / kStep;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      if (fits(all, middle * kStep)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return std::min<std::uint64_t>(high * kStep, volume.size());
  } catch (const Unproven&) {
  } catch (const Contradiction&) {
  }
  return volume.size();
}

}  // namespace disktwin::fs::btrfs
