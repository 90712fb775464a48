// The device tree: the same allocations as in the chunk tree, seen from the devices, and how far a
// device replacement has come.
#pragma once

#include "clone/fs/btrfs/chunks.h"
#include "clone/fs/btrfs/roots.h"
#include "clone/fs/btrfs/tree.h"

namespace disktwin::fs::btrfs {

// Throws Contradiction when a part of the device is allocated by one of the trees alone, and
// Unproven when the device tree cannot be read.
void requireSameAllocations(TreeReader& trees, const NodeRef& deviceTree, const ChunkMap& chunks);

// Whether a device is being replaced by another. Throws Unproven when that cannot be read.
bool isReplacing(TreeReader& trees, const NodeRef& deviceTree);

}  // namespace disktwin::fs::btrfs
