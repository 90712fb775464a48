// Which bytes of an XFS volume a copy needs.
#pragma once

#include "clone/fs/filesystem.h"
#include "clone/fs/xfs/ondisk.h"

namespace disktwin::fs::xfs {

// Everything that no allocation group calls free. Throws Unproven when that cannot be proven
// complete, and Error(Read).
UsedMap usedMap(const BlockReader& volume, const Super& super);

}  // namespace disktwin::fs::xfs
