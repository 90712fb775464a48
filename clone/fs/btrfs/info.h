// The filesystem in words and numbers.
#pragma once

#include "clone/fs/btrfs/ondisk.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::btrfs {

// Reads, beyond the superblock, some blocks of the chunk, root and device trees.
VolumeInfo describe(const BlockReader& volume, const Super& super);

}  // namespace disktwin::fs::btrfs
