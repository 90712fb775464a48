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

namespace disktwin {
namespace {

constexpr int kPipe = 3;
constexpr char kDone = 'd';

// In the child of a process with threads: nothing but calls of the kernel from here on.
void keepOnly(int pipe) {
  const int high = ::fcntl(pipe, F_DUPFD, 16);
  const int null = ::open("/dev/null", O_RDWR);
  const int highNull = ::fcntl(null, F_DUPFD, 16);
  if (high < 0 || highNull < 0) ::_exit(1);
  for (const int standard : {0, 1, 2}) ::dup2(highNull, standard);
  ::dup2(high, kPipe);
  if (::close_range(kPipe + 1, ~0U, 0) != 0) ::_exit(1);
}

[[noreturn]] void keep(const char* folder, char* const* tool) {
  char said = 0;
  ssize_t count = 0;
  do {
    count = ::read(kPipe, &said, 1);
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
  keepOnly(read.get());
  keep(folder.c_str(), argv.data());
}

MountKeeper::~MountKeeper() {
  // Cannot fail: the pipe is empty, and the child reads.
  if (::write(alive_.get(), &kDone, 1) != 1) ::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace disktwin
