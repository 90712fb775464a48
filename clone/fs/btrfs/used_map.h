// The used map: through the chunk tree to the extents, or to all that is allocated to chunks.
#pragma once

#include "clone/fs/btrfs/ondisk.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::btrfs {

// Throws Unproven when not even the chunks can be proven.
UsedMap usedMap(const BlockReader& volume, const Super& super);

}  // namespace disktwin::fs::btrfs
