// Which bytes of an ext filesystem a copy needs.
#pragma once

#include "clone/fs/ext/ondisk.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::ext {

// Throws Unproven when the map cannot be proven complete, and Error(Read).
UsedMap usedMap(const BlockReader& reader, const Super& super);

}  // namespace disktwin::fs::ext
