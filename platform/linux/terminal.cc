#include "platform/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>
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

void raiseFileLimit() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

bool isTerminalOut() {
  return ::isatty(STDOUT_FILENO) == 1;
}
bool isTerminalIn() {
  return ::isatty(STDIN_FILENO) == 1;
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

namespace {

std::optional<std::string> ask(const Descriptor& tty, const std::string& question) {
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
    if (letter == '\n') return line;
    line += letter;
  }
}

// Puts the terminal back as it was, whatever happens.
class Unseen {
 public:
  explicit Unseen(int tty) : tty_(tty), known_(::tcgetattr(tty, &before_) == 0) {
    if (!known_) return;
    struct termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(tty_, TCSAFLUSH, &quiet);
  }
  ~Unseen() {
    if (!known_) return;
    ::tcsetattr(tty_, TCSAFLUSH, &before_);
    // The Return key was not shown either.
    [[maybe_unused]] const ssize_t put = ::write(tty_, "\n", 1);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  int tty_;
  struct termios before_ {};
  bool known_;
};

}  // namespace

std::optional<std::string> askOnTerminal(const std::string& question) {
  const Descriptor tty(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!tty.valid()) return std::nullopt;
  const std::optional<std::string> line = ask(tty, question);
  return line ? std::optional(trimmed(*line)) : std::nullopt;
}

std::optional<std::string> askSecretOnTerminal(const std::string& question) {
  const Descriptor tty(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!tty.valid()) return std::nullopt;
  const Unseen unseen(tty.get());
  return ask(tty, question);
}

}  // namespace disktwin
