#include "clone/fs/btrfs/device_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/btrfs/unproven.h"

namespace disktwin::fs::btrfs {
namespace {

bool isInChunkTree(const Key& key, const DeviceExtentItem& extent, const ChunkMap& chunks) {
  const Chunk* chunk = chunks.find({extent.chunkOffset, 1});
  if (chunk == nullptr || chunk->logical.offset != extent.chunkOffset ||
      chunk->deviceLength != extent.length) {
    return false;
  }
  const auto pieces = chunks.piecesOf(*chunk);
  return std::any_of(pieces.begin(), pieces.end(),
                     [&](const Piece& piece) { return piece.offset == key.offset; });
}

}  // namespace

// "btrfs_verify_dev_extents()", fs/btrfs/volumes.c.
void requireSameAllocations(TreeReader& trees, const NodeRef& deviceTree, const ChunkMap& chunks) {
  const std::uint64_t device = chunks.device().id;
  std::uint64_t found = 0;
  trees.walk(deviceTree, {device, kDeviceExtent, 0}, {device, kDeviceExtent, ~std::uint64_t{0}},
             [&](const Key& key, std::span<const std::byte> item) {
               if (item.size() < sizeof(DeviceExtentItem) ||
                   !isInChunkTree(key, structAt<DeviceExtentItem>(item, 0), chunks)) {
                 throw Contradiction{
                     fmt::format("the device tree has an allocation at {} that the chunk tree does"
                                 " not have",
                                 key.offset)};
               }
               ++found;
             });
  std::uint64_t expected = 0;
  for (const Chunk& chunk : chunks.chunks()) expected += chunk.pieces;
  // No two pieces of this device begin at the same place, so equal numbers mean the same pieces.
  if (found != expected) {
    throw Contradiction{fmt::format(
        "the device tree has {} allocations on this device, the chunk tree {}", found, expected)};
  }
}

bool isReplacing(TreeReader& trees, const NodeRef& deviceTree) {
  const Key key{0, kDeviceReplace, 0};
  const auto found = trees.last(deviceTree, key);
  if (!found || found->first != key) return false;
  if (found->second.size() < sizeof(ReplaceItem)) {
    throw Unproven{"the state of a device replacement is not understood"};
  }
  return structAt<ReplaceItem>(found->second, 0).isRunning();
}

}  // namespace disktwin::fs::btrfs
