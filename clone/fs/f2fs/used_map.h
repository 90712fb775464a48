// Which bytes of an F2FS volume matter.
#pragma once

#include "clone/fs/f2fs/super.h"
#include "clone/fs/filesystem.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::f2fs {

// Throws Unproven when the map cannot be proven complete.
UsedMap usedMap(const BlockReader& volume, const Supers& supers);

}  // namespace disktwin::fs::f2fs
