// The name of a FAT volume.
#pragma once

#include <string>

#include "clone/fs/fat/boot_sector.h"

namespace disktwin::fs::fat {

// The label as UTF-8: the one in the root directory, which every system shows, else the one in the
// boot sector; empty when there is none.
std::string readLabel(const BlockReader& volume, const Geometry& geometry);

}  // namespace disktwin::fs::fat
