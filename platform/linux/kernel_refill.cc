#include "platform/kernel_refill.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "platform/error.h"
#include "platform/linux/detached_mount.h"
#include "platform/linux/helper_child.h"
#include "platform/linux/loop_device.h"
#include "platform/linux/tree_copy.h"

namespace disktwin {
namespace {

// Two for each folder on the way to a file.
constexpr rlim_t kOpenFiles = 16384;

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::Failed, "kernel", fmt::format("{}: {}", what, std::strerror(errno)));
}

// A mounted filesystem in a file; in this order they are let go of: the folder, the device.
class Mounted {
 public:
  Mounted(const std::string& file, const std::string& type, bool readOnly) {
    const Descriptor open(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!open.valid()) fail(file);
    loop_ = attachForWriting(open.get());
    MountOptions options;
    if (type == "xfs") options.emplace_back("nouuid", "");
    if (readOnly) options.emplace_back("ro", "");
    const Descriptor root =
        mountDetached(loop_.path, type, options, readOnly ? MountView::LookOnly : MountView::All);
    folder_ = Descriptor(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder_.valid()) fail("the root folder cannot be opened");
  }

  int root() const { return folder_.get(); }

 private:
  LoopDevice loop_;
  Descriptor folder_;
};

void allowDepth() {
  const struct rlimit both { kOpenFiles, kOpenFiles };
  // Where that is not allowed, only trees that are deeper than any are out of reach.
  if (::setrlimit(RLIMIT_NOFILE, &both) != 0) return;
}

}  // namespace

TreeSize measureByKernel(const std::string& file, const std::string& type) {
  TreeSize out;
  runInChild(
      "kernel",
      [&](const std::string& told) { std::istringstream(told) >> out.files >> out.bytes; },
      [&](const Tell& tell) {
        allowDepth();
        const Mounted volume(file, type, true);
        const TreeSize size = measureTree(volume.root());
        tell(fmt::format("{} {}", size.files, size.bytes));
      });
  return out;
}

void copyByKernel(const std::string& from, const std::string& to, const std::string& type) {
  runInChild(
      "kernel", [](const std::string&) {},
      [&](const Tell&) {
        allowDepth();
        ::umask(0);
        const Mounted source(from, type, true);
        const Mounted target(to, type, false);
        copyTree(source.root(), target.root());
        // Closing says nothing of what went wrong.
        if (::syncfs(target.root()) != 0) fail("the changes cannot be written");
      });
}

}  // namespace disktwin
