#include "clone/fs/btrfs/used_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "clone/fs/btrfs/chunk_tree.h"
#include "clone/fs/btrfs/device_tree.h"
#include "clone/fs/btrfs/extents.h"
#include "clone/fs/btrfs/roots.h"
#include "clone/fs/btrfs/super.h"
#include "clone/fs/btrfs/unproven.h"

namespace disktwin::fs::btrfs {
namespace {

ExtentSet allocated(const ChunkMap& chunks) {
  ExtentBuilder out;
  for (const Chunk& chunk : chunks.chunks()) {
    for (const Piece& piece : chunks.piecesOf(chunk)) out.add({piece.offset, chunk.deviceLength});
  }
  return out.finish();
}

// The extent tree must know the blocks of the trees that led to it: one that does not is not the
// filesystem's present one.
void requireKnown(const std::vector<std::uint64_t>& blocks, const ExtentSet& used,
                  const Super& super, const ChunkMap& chunks) {
  for (const std::uint64_t logical : blocks) {
    const Extent block{logical, super.nodeSize};
    const Chunk* chunk = chunks.find(block);
    if (chunk == nullptr) throw Unproven{"a tree begins outside all chunks"};
    chunks.project(*chunk, block, [&](Extent place) {
      if (!used.contains(place)) throw Unproven{"the extent tree does not know all trees"};
    });
  }
}

// The extents; throws Unproven when they cannot be told from what is merely allocated.
ExtentSet exactMap(const BlockReader& volume, const Super& super, const ChunkTree& chunks) {
  TreeReader trees(volume, super, chunks.map);
  const Roots roots = readRoots(trees, super);
  requireSameAllocations(trees, roots.devices, chunks.map);
  // What fsync() has written since the last transaction is in the log trees alone, and their
  // blocks are in no tree at all.
  if (super.logRoot != 0) throw Unproven{"its log of fsync has not been replayed"};
  // The part that has been replaced is written in two places.
  if (isReplacing(trees, roots.devices)) throw Unproven{"a device of it is being replaced"};
  ExtentSet used = readExtents(trees, super, chunks.map, roots);
  requireKnown(chunks.blocks, used, super, chunks.map);
  requireKnown(trees.blocksRead(), used, super, chunks.map);
  requireKnown(roots.blocks, used, super, chunks.map);
  return used;
}

}  // namespace

UsedMap usedMap(const BlockReader& volume, const Super& super) {
  requireUsable(super, volume);
  const ChunkTree chunks = readChunks(volume, super);
  UsedMap map;
  try {
    map.extents = exactMap(volume, super, chunks);
  } catch (const Unproven& unproven) {
    // Nothing of the filesystem lies outside what is allocated to chunks.
    map.extents = allocated(chunks.map);
    map.remarks = {fmt::format("all of its allocated space is copied: {}.", unproven.why)};
  }
  map.extents = unite(map.extents, reservedPlaces(volume.size()));
  return map;
}

}  // namespace disktwin::fs::btrfs
