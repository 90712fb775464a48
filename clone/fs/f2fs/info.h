// What a user is told of an F2FS volume.
#pragma once

#include "clone/fs/f2fs/super.h"
#include "clone/fs/filesystem.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::f2fs {

// Reads the checkpoints, nothing else.
VolumeInfo describe(const BlockReader& volume, const Supers& supers);

}  // namespace disktwin::fs::f2fs
