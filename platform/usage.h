// Who uses a disk right now: mounts, swap, LVM, RAID, encryption, loop devices.
#pragma once

#include <string>
#include <vector>

#include "platform/device_tree.h"

namespace disktwin {

struct Mount {
  std::uint64_t device = 0;  // dev_t as the kernel reports it; made up for Btrfs and FUSE
  std::string source;        // "/dev/sda1", or whatever the file system calls it
  std::string point;         // "/home"
  std::string type;          // "ext4"
  bool readOnly = false;     // the file system itself, not only this view of it
};

// The mounts that this process sees.
std::vector<Mount> readMounts(const SystemRoots& roots = {});

struct Use {
  enum class Kind { Mounted, Swap, Held };
  Kind kind;
  std::string device;     // "/dev/sda1"
  std::string how;        // "mounted at /home", "in use as swap", "holds the LVM volume vg-root"
  std::string point;      // of a mount
  std::string whatToDo;   // "umount /home"
  bool readOnly = false;  // nothing writes through this use
};

// Everything that uses any byte of what `path` names, however many layers up. A loop device or
// mapping that is itself `path` does not count as a use of it.
std::vector<Use> usesOf(const DeviceTree& tree, const std::string& path);
std::vector<Use> usesOf(const DeviceTree& tree, const BlockDevice& device);
// The same for a part (bytes) of what `path` names: a partition, whether it has a node or not.
std::vector<Use> usesOf(const DeviceTree& tree, const std::string& path, Extent part);

// The block device or file that holds the file system in which `path` (or its folder, when it does
// not exist yet) lies; empty when that is not a device (tmpfs, network).
std::string deviceUnder(const DeviceTree& tree, const std::string& path);

}  // namespace disktwin
