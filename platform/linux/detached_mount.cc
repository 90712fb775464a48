#include "platform/linux/detached_mount.h"

#include <fmt/format.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>

#include "platform/error.h"

namespace disktwin {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::Failed, "mount", fmt::format("{}: {}", what, std::strerror(errno)));
}

void set(int context, const std::string& key, const std::string& value) {
  const unsigned command = value.empty() ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
  if (::fsconfig(context, command, key.c_str(), value.empty() ? nullptr : value.c_str(), 0) != 0) {
    fail(fmt::format("option {}", key));
  }
}

}  // namespace

Descriptor mountDetached(const std::string& device, const std::string& type,
                         const MountOptions& options, MountView view) {
  const Descriptor context(::fsopen(type.c_str(), FSOPEN_CLOEXEC));
  if (!context.valid()) fail(fmt::format("the kernel does not know {}", type));
  set(context.get(), "source", device);
  for (const auto& [key, value] : options) set(context.get(), key, value);
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    fail("the kernel cannot read it");
  }
  unsigned attributes =
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME;
  if (view == MountView::LookOnly) attributes |= MOUNT_ATTR_RDONLY;
  Descriptor root(::fsmount(context.get(), FSMOUNT_CLOEXEC, attributes));
  if (!root.valid()) fail("the kernel cannot show it");
  return root;
}

bool kernelKnows(const std::string& type) {
  return Descriptor(::fsopen(type.c_str(), FSOPEN_CLOEXEC)).valid();
}

}  // namespace disktwin
