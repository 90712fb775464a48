// From the superblock to the map of chunks: the system chunks in the superblock make the chunk tree
// readable, and that has them all.
#pragma once

#include <cstdint>
#include <vector>

#include "clone/fs/btrfs/chunks.h"
#include "clone/fs/btrfs/tree.h"

namespace disktwin::fs::btrfs {

ThisDevice thisDevice(const Super& super, std::uint64_t volumeSize);

// The chunks in the superblock's array. Throws Unproven when it makes no sense.
ChunkMap systemChunks(const Super& super, std::uint64_t volumeSize);

NodeRef chunkRoot(const Super& super);

// Every device of the filesystem. `trees` needs no more than the system chunks.
std::vector<DeviceItem> readDevices(TreeReader& trees, const Super& super);

struct ChunkTree {
  ChunkMap map;
  std::vector<std::uint64_t> blocks;  // logical addresses of the tree's own blocks
};

// All chunks, proven to be what this device has allocated. Throws Unproven.
ChunkTree readChunks(const BlockReader& volume, const Super& super);

}  // namespace disktwin::fs::btrfs
