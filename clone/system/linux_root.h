// The root of a Linux, from its files.
#pragma once

#include <optional>
#include <string>

#include "clone/files/file_tree.h"
#include "clone/system/evidence.h"

namespace disktwin::system {

// What `folder` of a volume ("" is its root) says of itself, when it is the root of a system: it
// has an os-release, or an fstab and something that starts. Throws what FileTree throws.
std::optional<Root> readLinuxRoot(files::FileTree& tree, const std::string& folder);

// The os-release of a volume that is a /usr; empty when it is none.
OsRelease readUsrRelease(files::FileTree& tree);

}  // namespace disktwin::system
