// Takes a FUSE mount and its folder away should this process end without doing so.
#pragma once

#include <sys/types.h>

#include <string>

#include "platform/linux/descriptor.h"

namespace disktwin {

// A small child that outlives this process, however that ends, for as long as it takes to unmount.
// It detaches the mount: somebody below (a loop device) may still have the file open for a moment,
// which is where FUSE's own auto_unmount gives up. Not thread-safe.
class MountKeeper {
 public:
  // `tool` is the path of fusermount3, for whoever is not root. Throws Error(Failed).
  MountKeeper(std::string folder, std::string tool);
  // The folder is this process's business now: the child ends.
  ~MountKeeper();
  MountKeeper(const MountKeeper&) = delete;
  MountKeeper& operator=(const MountKeeper&) = delete;

 private:
  Descriptor alive_;  // open as long as this process lives
  pid_t child_ = -1;
};

}  // namespace disktwin
