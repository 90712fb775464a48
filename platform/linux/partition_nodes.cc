#include "platform/partition_nodes.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace disktwin {

bool rereadPartitions(const File& disk) {
  if (disk.kind() != FileKind::BlockDevice) return true;
  for (int attempt = 0; attempt < 30; ++attempt) {
    if (::ioctl(disk.descriptor(), BLKRRPART, 0) == 0) return true;
    // A device without partition nodes (a loop device, a mapping) has nothing to be told.
    if (errno == EINVAL || errno == ENOTTY || errno == EOPNOTSUPP) return true;
    if (errno != EBUSY) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

}  // namespace disktwin
