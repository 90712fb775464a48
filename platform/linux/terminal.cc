#include "platform/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "platform/cancellation.h"
#include "platform/linux/descriptor.h"
#include "platform/linux/text_file.h"

namespace disktwin {

void holdStandardDescriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // The lowest free number is taken, which is this one.
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != fd) std::abort();
  }
}

bool isTerminalOut() {
  return ::isatty(STDOUT_FILENO) == 1;
}
bool isTerminalErr() {
  return ::isatty(STDERR_FILENO) == 1;
}

int terminalWidth() {
  struct winsize size {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool haveTerminal() {
  return Descriptor(::open("/dev/tty", O_RDWR | O_CLOEXEC)).valid();
}

std::optional<std::string> askOnTerminal(const std::string& question) {
  const Descriptor tty(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!tty.valid()) return std::nullopt;
  if (::write(tty.get(), question.data(), question.size()) < 0) return std::nullopt;
  std::string line;
  char letter = 0;
  while (true) {
    // A signal that comes just before a plain read() would not end it.
    struct pollfd waiting {
      tty.get(), POLLIN, 0
    };
    const int ready = ::poll(&waiting, 1, 100);
    if (Cancellation::requested()) return std::nullopt;
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = ::read(tty.get(), &letter, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    if (letter == '\n') return trimmed(line);
    line += letter;
  }
}

}  // namespace disktwin
