// Keeps two runs, and udev, off the same disk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "platform/device_tree.h"

namespace disktwin {

// Advisory locks (flock) on what `path` names and on everything below it: its disk, the file of a
// loop device. systemd-udevd honours the one on the disk and leaves it alone meanwhile. Held until
// the object dies; not copied, may be moved.
class DiskLock {
 public:
  enum class Mode { Read, Write };
  // Throws Error(Refused) when another process holds it in a way that excludes this one. Two
  // writers may share a disk when they write different partitions of it.
  DiskLock(const DeviceTree& tree, const std::string& path, Mode mode);
  DiskLock(DiskLock&&) noexcept;
  DiskLock& operator=(DiskLock&&) noexcept;
  ~DiskLock();

 private:
  struct Held;
  std::vector<std::unique_ptr<Held>> held_;
};

}  // namespace disktwin
