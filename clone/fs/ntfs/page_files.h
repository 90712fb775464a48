// What Windows makes anew whenever it starts: pagefile.sys, swapfile.sys and hiberfil.sys.
#pragma once

#include "clone/fs/ntfs/mft.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::ntfs {

// The clusters (as bytes) of those files in the root directory of which it is proven that they
// belong to that file alone: every record of the MFT is asked as soon as there is such a file. In
// doubt a file is left out. Throws only Error(Read).
ExtentSet findPageFiles(const Mft& mft, const Stream& bitmap, const ExtentSet& signatures);

}  // namespace disktwin::fs::ntfs
