#include "platform/kernel_resize.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "platform/error.h"
#include "platform/linux/detached_mount.h"
#include "platform/linux/mounted_copy.h"
#include "platform/privileges.h"

namespace disktwin {
namespace {

// Of xfs_fs.h, which Linux's own headers do not have: "XFS_IOC_FSGEOMETRY_V1" up to what matters
// here, and "XFS_IOC_FSGROWFSDATA".
struct XfsGeometry {
  std::uint32_t blockSize;
  std::uint32_t realtimeExtentSize;
  std::uint32_t groupBlocks;
  std::uint32_t groupCount;
  std::uint32_t logBlocks;
  std::uint32_t sectorSize;
  std::uint32_t inodeSize;
  std::uint32_t inodeMaxPercent;
  std::uint64_t dataBlocks;
  std::uint64_t rest[9];
};
static_assert(sizeof(XfsGeometry) == 112);
struct XfsGrowth {
  std::uint64_t blocks;
  std::uint32_t inodeMaxPercent;
};
static_assert(sizeof(XfsGrowth) == 16);
constexpr unsigned long kXfsGeometry = _IOR('X', 100, XfsGeometry);
constexpr unsigned long kXfsGrow = _IOW('X', 110, XfsGrowth);

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::Failed, "kernel", fmt::format("{}: {}", what, std::strerror(errno)));
}

// The kernel does so by itself, but when it likes to; until then they are no room for others.
void giveBackEmptyChunks(int root) {
  struct btrfs_ioctl_balance_args balance {};
  balance.flags = BTRFS_BALANCE_DATA | BTRFS_BALANCE_METADATA;
  for (auto* kind : {&balance.data, &balance.meta}) {
    kind->flags = BTRFS_BALANCE_ARGS_USAGE;
    kind->usage = 0;
  }
  if (::ioctl(root, BTRFS_IOC_BALANCE_V2, &balance) != 0) fail("empty chunks are not given back");
}

void resizeBtrfs(int root, std::uint64_t size) {
  struct btrfs_ioctl_fs_info_args info {};
  if (::ioctl(root, BTRFS_IOC_FS_INFO, &info) != 0) fail("the Btrfs does not describe itself");
  if (info.num_devices != 1) {
    errno = EINVAL;
    fail("the Btrfs has several devices");
  }
  giveBackEmptyChunks(root);
  struct btrfs_ioctl_vol_args arguments {};
  const std::string words = fmt::format("{}:{}", info.max_id, size);
  std::memcpy(arguments.name, words.c_str(), words.size() + 1);
  const int result = ::ioctl(root, BTRFS_IOC_RESIZE, &arguments);
  if (result < 0) fail(fmt::format("the Btrfs cannot be brought to {} bytes", size));
  // "enum btrfs_err_code": of these only "BTRFS_ERROR_DEV_EXCL_RUN_IN_PROGRESS" can come.
  if (result > 0) {
    errno = EBUSY;
    fail("another operation on the Btrfs is under way or paused (balance)");
  }
}

void growXfs(int root, std::uint64_t size) {
  XfsGeometry geometry{};
  if (::ioctl(root, kXfsGeometry, &geometry) != 0) fail("the XFS does not describe itself");
  const XfsGrowth growth{size / geometry.blockSize, geometry.inodeMaxPercent};
  // A remainder that is too small for an allocation group is left out by the kernel.
  if (growth.blocks > geometry.dataBlocks && ::ioctl(root, kXfsGrow, &growth) != 0) {
    fail(fmt::format("the XFS cannot be brought to {} bytes", size));
  }
}

}  // namespace

std::string whyNotMount(const std::string& type) {
  if (!isRoot()) return fmt::format("only root can have the kernel mount a copy of its {}", type);
  if (::access("/dev/loop-control", R_OK | W_OK) != 0) {
    return "there are no loop devices (/dev/loop-control)";
  }
  return kernelKnows(type) ? "" : fmt::format("this kernel does not know {}", type);
}

std::string whyNotBeside(const std::string& type, const std::string& uuid) {
  struct stat status {};
  if (type != "btrfs" || ::stat(("/sys/fs/btrfs/" + uuid).c_str(), &status) != 0) return {};
  return fmt::format("a Btrfs with the UUID {} is mounted here, and the kernel cannot have two",
                     uuid);
}

void tryToMount(const std::string& file, const std::string& type) {
  workOnMounted([](int) {}, file, type);
}

void resizeByKernel(const std::string& file, const std::string& type, std::uint64_t size) {
  const auto resize = [&](int root) {
    if (type == "btrfs") {
      resizeBtrfs(root, size);
    } else {
      growXfs(root, size);
    }
  };
  workOnMounted(resize, file, type);
}

}  // namespace disktwin
