// What a user is told of an ext filesystem.
#pragma once

#include "clone/fs/ext/ondisk.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::ext {

// Throws only Error(Read).
VolumeInfo describe(const BlockReader& reader, const Super& super);

}  // namespace disktwin::fs::ext
