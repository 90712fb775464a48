// Files of a volume that may name disks by their identifiers.
#pragma once

#include <string>
#include <vector>

#include "clone/files/file_tree.h"

namespace disktwin::system {

struct ReferenceFiles {
  std::vector<std::string> texts;    // "/etc/fstab", "/grub/grub.cfg": may be adapted
  std::vector<std::string> images;   // initramfs images
  std::vector<std::string> loaders;  // programs of EFI
};

// Those below the root of the volume, of a /boot or ESP of its own, and below `folders` of it,
// which hold systems too ("@" of Btrfs; without slashes around). Throws what FileTree's members
// throw.
ReferenceFiles referenceFiles(files::FileTree& tree, const std::vector<std::string>& folders);

}  // namespace disktwin::system
