#include "platform/standard_streams.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/cancellation.h"
#include "platform/error.h"

namespace disktwin {
namespace {

constexpr int kLookEvery = 100;  // milliseconds

// A signal that comes just before a plain read() or write() would not end it.
void waitFor(int fd, short events) {
  struct pollfd waiting {
    fd, events, 0
  };
  do {
    Cancellation::check();
  } while (::poll(&waiting, 1, kLookEvery) == 0);
}

}  // namespace

bool standardInputIsChannel() {
  struct stat info {};
  return ::fstat(STDIN_FILENO, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode));
}

bool isStandardInput(const std::string& path) {
  struct stat input {};
  struct stat named {};
  return ::fstat(STDIN_FILENO, &input) == 0 && ::stat(path.c_str(), &named) == 0 &&
         input.st_dev == named.st_dev && input.st_ino == named.st_ino;
}

std::size_t readStandardInput(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    waitFor(STDIN_FILENO, POLLIN);
    const ssize_t got = ::read(STDIN_FILENO, out.data() + done, out.size() - done);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) {
      throw Error(ErrorKind::Read, "standard input",
                  fmt::format("cannot be read: {}", std::strerror(errno)));
    }
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void writeStandardOutput(std::span<const std::byte> data) {
  while (!data.empty()) {
    waitFor(STDOUT_FILENO, POLLOUT);
    const ssize_t put = ::write(STDOUT_FILENO, data.data(), data.size());
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (put < 0) {
      const int error = errno;
      const bool full = error == ENOSPC || error == EDQUOT;
      throw Error(full ? ErrorKind::NoSpace : ErrorKind::Write, "standard output",
                  fmt::format("cannot be written: {}", std::strerror(error)),
                  error == EPIPE ? "the program at the other end of the pipe has ended" : "");
    }
    data = data.subspan(static_cast<std::size_t>(put));
  }
}

void flushStandardOutput() {
  if (::fsync(STDOUT_FILENO) == 0 || (errno != EIO && errno != ENOSPC && errno != EDQUOT)) return;
  throw Error(ErrorKind::Write, "standard output",
              fmt::format("what was written did not reach the medium: {}", std::strerror(errno)));
}

}  // namespace disktwin
