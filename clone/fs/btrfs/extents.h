// The extent tree: every extent of data and every tree block that is in use, with block groups that
// say how much there has to be.
#pragma once

#include <vector>

#include "clone/fs/btrfs/chunks.h"
#include "clone/fs/btrfs/roots.h"
#include "clone/fs/btrfs/tree.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::btrfs {

// Where on this device all extents lie. Throws Unproven when anything in the tree is not
// understood, or block groups, chunks, extents and superblock do not agree.
ExtentSet readExtents(TreeReader& trees, const Super& super, const ChunkMap& chunks,
                      const Roots& roots);

}  // namespace disktwin::fs::btrfs
