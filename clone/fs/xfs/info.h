// What an XFS superblock says about its volume.
#pragma once

#include "clone/fs/filesystem.h"
#include "clone/fs/xfs/ondisk.h"

namespace disktwin::fs::xfs {

// Throws only Error(Read).
VolumeInfo describe(const BlockReader& volume, const Super& super);

}  // namespace disktwin::fs::xfs
