// Which file a loop device shows.
#pragma once

#include "platform/device_tree.h"

namespace disktwin {

// Asks the kernel for the file's device and inode: its path in sysfs may be gone, renamed, or one of
// another mount namespace. Leaves them 0 when the device cannot be opened.
void identifyLoopFile(BlockDevice& loop);

}  // namespace disktwin
