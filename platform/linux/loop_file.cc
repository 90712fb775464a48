#include "platform/linux/loop_file.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "platform/linux/descriptor.h"

namespace disktwin {
namespace {

// From the kernel's encoding of device numbers (new_encode_dev) to the C library's.
std::uint64_t decoded(std::uint64_t device) {
  return ::makedev(static_cast<unsigned>((device & 0xfff00) >> 8),
                   static_cast<unsigned>((device & 0xff) | ((device >> 12) & 0xfff00)));
}

}  // namespace

void identifyLoopFile(BlockDevice& loop) {
  const Descriptor fd(::open(loop.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct loop_info64 info {};
  if (!fd.valid() || ::ioctl(fd.get(), LOOP_GET_STATUS64, &info) != 0) return;
  loop.loopFileDevice = decoded(info.lo_device);
  loop.loopFileInode = info.lo_inode;
  loop.loopBlockDevice = decoded(info.lo_rdevice);
}

}  // namespace disktwin
