// Makes the kernel look at a new partition table.
#pragma once

#include <string>

#include "platform/file.h"

namespace disktwin {

// True when the kernel took the table (always true for regular files, which have no nodes). Tries
// for a while: a partition that udev is just looking at makes the kernel refuse.
bool rereadPartitions(const File& disk);

}  // namespace disktwin
