// The names in a folder of NTFS, from its index.
#pragma once

#include <tsk/libtsk.h>

#include "clone/files/backend.h"

namespace disktwin::files {

// The nodes are numbers of MFT records. DOS names and the files of the format itself are left out.
// Throws Error(Failed) when the index is damaged.
void listNtfsFolder(TSK_FS_FILE& folder, const Backend::Each& each);

}  // namespace disktwin::files
