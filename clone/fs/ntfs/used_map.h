// Which bytes of the volume belong to something.
#pragma once

#include "clone/fs/ntfs/mft.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::ntfs {

// The boot sector and the copies of it that are there. `volume` may be larger than the filesystem.
ExtentSet bootSectors(const BlockReader& volume, const Geometry& geometry);

// The clusters of $Bitmap, all that the system files lie in whatever $Bitmap says, and what lies
// outside of the clusters; with `askEveryFile` the clusters of every file in the MFT too. Throws
// Damage when something of it makes no sense.
ExtentSet usedExtents(const Mft& mft, const Stream& bitmap, bool askEveryFile);

}  // namespace disktwin::fs::ntfs
