#include "platform/linux/mount_keeper.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "platform/error.h"
#include "platform/linux/kept_descriptors.h"

namespace disktwin {
namespace {

constexpr char kDone = 'd';

[[noreturn]] void keep(const char* folder, char* const* tool) {
  char said = 0;
  ssize_t count = 0;
  do {
    count = ::read(kFirstKept, &said, 1);
  } while (count < 0 && errno == EINTR);
  if (count == 1 && said == kDone) ::_exit(0);
  if (::umount2(folder, MNT_DETACH) != 0) {
    const pid_t helper = ::fork();
    if (helper == 0) {
      ::execv(tool[0], tool);
      ::_exit(127);
    }
    ::waitpid(helper, nullptr, 0);
  }
  ::rmdir(folder);
  ::_exit(0);
}

}  // namespace

MountKeeper::MountKeeper(std::string folder, std::string tool) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error(ErrorKind::Failed, "FUSE", std::strerror(errno));
  }
  const Descriptor read(ends[0]);
  alive_ = Descriptor(ends[1]);
  std::string words[] = {std::move(tool), "-u", "-z", "-q"};
  std::array<char*, 6> argv{words[0].data(), words[1].data(), words[2].data(),
                            words[3].data(), folder.data(),   nullptr};
  child_ = ::fork();
  if (child_ < 0) throw Error(ErrorKind::Failed, "FUSE", std::strerror(errno));
  if (child_ != 0) return;
  // What ends the whole group is not to end this one.
  ::setsid();
  keepOnly(std::array{read.get()});
  keep(folder.c_str(), argv.data());
}

MountKeeper::~MountKeeper() {
  // Cannot fail: the pipe is empty, and the child reads.
  if (::write(alive_.get(), &kDone, 1) != 1) ::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace disktwin
