#include "platform/linux/loop_device.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/error.h"

namespace disktwin {
namespace {

// Others may take the device that was found free.
constexpr int kTries = 32;
constexpr unsigned kLoopMajor = 7;

[[noreturn]] void fail(const char* what) {
  throw Error(ErrorKind::Failed, "loop device", fmt::format("{}: {}", what, std::strerror(errno)));
}

LoopDevice attach(const loop_config& config, int flags) {
  const Descriptor control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control.valid()) fail("/dev/loop-control cannot be opened");
  for (int i = 0; i < kTries; ++i) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) fail("none is free");
    LoopDevice out{fmt::format("/dev/loop{}", number), Descriptor()};
    out.open = Descriptor(::open(out.path.c_str(), flags | O_CLOEXEC));
    struct stat status {};
    if (!out.open.valid() || ::fstat(out.open.get(), &status) != 0) fail("cannot be opened");
    if (!S_ISBLK(status.st_mode) || ::major(status.st_rdev) != kLoopMajor) {
      errno = ENODEV;
      fail("has another meaning here");
    }
    if (::ioctl(out.open.get(), LOOP_CONFIGURE, &config) == 0) return out;
    if (errno != EBUSY) fail("cannot be attached");
  }
  fail("others take every one that is free");
}

}  // namespace

LoopDevice attachReadOnly(int file, Extent part) {
  struct loop_config config {};
  config.fd = static_cast<std::uint32_t>(file);
  config.info.lo_offset = part.offset;
  config.info.lo_sizelimit = part.length;
  config.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR;
  return attach(config, O_RDONLY);
}

LoopDevice attachForWriting(int file) {
  struct loop_config config {};
  config.fd = static_cast<std::uint32_t>(file);
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  return attach(config, O_RDWR);
}

}  // namespace disktwin
