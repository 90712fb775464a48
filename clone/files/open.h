// Which way the files of a volume can be read.
#pragma once

#include <memory>
#include <string>

#include "clone/files/backend.h"
#include "clone/files/file_tree.h"

namespace disktwin::files {

// For who reads all of a volume: as long as there is something to read.
inline constexpr ProcessLimits kForAllOfIt{2048 * MiB, 24 * 3600};

struct OpenOptions {
  // Of Btrfs: show the subvolume that is mounted when none is named, instead of all of them.
  bool defaultSubvolume = false;
  ProcessLimits limits{};
  Encrypted encrypted = Encrypted::Refused;
};

// ext2 to ext4, NTFS, FAT and exFAT are read by a library, from anything that is a BlockReader and
// by anybody; XFS, Btrfs, and those of the others that the library does not understand by the
// kernel, when root asks; where no one piece of a file or device is the volume (out of an image),
// it is shown to the kernel by FUSE. `type` is what the volume holds, as VolumeInfo names it.
// Throws what FileTree's members throw; where no way is known, Error(Failed) whose detail is a
// clause ("only the kernel can read the files of xfs, for root").
std::unique_ptr<FileTree> openTree(const ReaderPtr& volume, const std::string& type,
                                   const OpenOptions& options = {});

// Whether there may be a way to read the files of such a volume.
bool isReadable(const std::string& type);

}  // namespace disktwin::files
