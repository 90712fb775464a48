#include "platform/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "platform/error.h"
#include "platform/linux/descriptor.h"

namespace disktwin {

struct DiskLock::Held {
  Descriptor descriptor;
};

namespace {

// udev takes a shared lock for the moment in which it looks at a disk; that is worth waiting for.
// Who holds an exclusive one is at work.
constexpr auto kPatience = std::chrono::milliseconds(1500);
constexpr auto kPause = std::chrono::milliseconds(50);

Descriptor lockOne(const std::string& path, const std::string& subject, bool exclusive) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return fd;  // opening it for use will say why, in better words
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (::flock(fd.get(), (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return fd;  // no locks on this file system
    const bool atWork = ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
    if (!atWork) ::flock(fd.get(), LOCK_UN);  // or two that wait would wait for each other
    if (atWork || std::chrono::steady_clock::now() >= until) {
      throw Error(ErrorKind::Refused, subject, "another program is working on it right now",
                  "wait until it has finished");
    }
    std::this_thread::sleep_for(kPause);
  }
  return fd;
}

}  // namespace

DiskLock::DiskLock(const DeviceTree& tree, const std::string& path, Mode mode) {
  const auto take = [&](const std::string& what, bool exclusive) {
    held_.push_back(std::make_unique<Held>(Held{lockOne(what, path, exclusive)}));
  };
  take(path, mode == Mode::Write);
  const BlockDevice* device = tree.byPath(path);
  if (mode == Mode::Read) {
    // Who writes a partition of the disk, or a part of the file through a loop device, has its own
    // node locked.
    const std::vector<BaseExtent> base = tree.baseOf(path);
    for (const BlockDevice& other : tree.devices()) {
      const bool self = device && other.number == device->number;
      if (!self && overlap(tree.baseOf(other), base)) take(other.path, false);
    }
  }
  while (device) {
    const BlockDevice* under = nullptr;
    if (device->isPartition()) {
      // Shared on the disk: whole-disk writers are kept out, writers of other partitions are not.
      under = tree.byName(device->disk);
      if (under) take(under->path, false);
    } else if (device->isLoop()) {
      // Loop devices may show different parts of one file; only the whole of it excludes others.
      const bool whole = device->loopOffset == 0 && device->loopSizeLimit == 0;
      take(device->loopFile, mode == Mode::Write && whole);
      under = tree.loopUnder(*device);
    }
    device = under;
  }
}

DiskLock::DiskLock(DiskLock&&) noexcept = default;
DiskLock& DiskLock::operator=(DiskLock&&) noexcept = default;
DiskLock::~DiskLock() = default;

}  // namespace disktwin
