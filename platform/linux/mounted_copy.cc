#include "platform/linux/mounted_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/btrfs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/error.h"
#include "platform/linux/detached_mount.h"
#include "platform/linux/helper_child.h"
#include "platform/linux/loop_device.h"

namespace disktwin {
namespace {

constexpr const char* kForgettingDevice = "/dev/btrfs-control";

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::Failed, "kernel", fmt::format("{}: {}", what, std::strerror(errno)));
}

MountOptions optionsFor(const std::string& type) {
  if (type == "xfs") return {{"nouuid", ""}};
  // What is freed needs no telling; a balance that was interrupted goes on where it belongs.
  return {{"nodiscard", ""}, {"skip_balance", ""}, {"subvolid", "5"}};
}

// Whoever scans devices later must not find one that is gone.
void forget(const std::string& device) {
  const Descriptor control(::open(kForgettingDevice, O_RDWR | O_CLOEXEC));
  if (!control.valid()) return;
  struct btrfs_ioctl_vol_args arguments {};
  std::memcpy(arguments.name, device.c_str(), device.size() + 1);
  // It may never have been known.
  if (::ioctl(control.get(), BTRFS_IOC_FORGET_DEV, &arguments) != 0) return;
}

void mountAnd(const std::function<void(int root)>& work, const std::string& file,
              const std::string& type, const Tell& tell) {
  const Descriptor open(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  if (!open.valid()) fail(file);
  const LoopDevice loop = attachForWriting(open.get());
  tell(loop.path);
  const Descriptor root = mountDetached(loop.path, type, optionsFor(type), MountView::All);
  const Descriptor folder(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) fail("the root folder cannot be opened");
  work(folder.get());
  // Closing says nothing of what went wrong.
  if (::syncfs(folder.get()) != 0) fail("the changes cannot be written");
}

}  // namespace

void workOnMounted(const std::function<void(int root)>& work, const std::string& file,
                   const std::string& type) {
  std::string device;
  const auto forgetIt = [&] {
    if (type == "btrfs" && !device.empty()) forget(device);
  };
  try {
    runInChild(
        "kernel", [&](const std::string& told) { device = told; },
        [&](const Tell& tell) { mountAnd(work, file, type, tell); });
  } catch (const Error&) {
    forgetIt();
    throw;
  }
  forgetIt();
}

}  // namespace disktwin
