// Marks of what may have been put onto a logical volume over an older filesystem, whose superblock
// stayed. Where a volume lies in several pieces, libblkid cannot be asked.
#pragma once

#include <string>
#include <string_view>

#include "clone/io/block_reader.h"

namespace disktwin::fs::lvm {

// The name of what else the volume may be, also the disk of a virtual machine; empty when nothing
// was found. `type` is what a reader takes it for.
std::string findForeign(const BlockReader& volume, std::string_view type);

}  // namespace disktwin::fs::lvm
