#include "platform/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/linux/descriptor.h"
#include "platform/program.h"

namespace disktwin {
namespace {

constexpr int kFirstFile = ChildProgram::kSocket + 1;
constexpr int kAboveAll = 64;  // our ends have numbers from here on, so that none is in the way
constexpr std::size_t kMostKept = 1U << 20;
constexpr std::size_t kMostErrors = 4096;
constexpr auto kUntilGone = std::chrono::seconds(5);
constexpr int kTick = 100;  // milliseconds between looks at the flag

Error systemError(const std::string& what) {
  return {ErrorKind::Failed, what, std::strerror(errno)};
}

Descriptor raised(int fd) {
  const Descriptor low(fd);
  Descriptor high(::fcntl(fd, F_DUPFD_CLOEXEC, kAboveAll));
  if (!high.valid()) throw systemError("descriptors");
  return high;
}

struct Pair {
  Descriptor ours;
  Descriptor theirs;
};

Pair makeSocket() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw systemError("socket");
  Descriptor second(ends[1]);
  Pair out{raised(ends[0]), raised(::dup(second.get()))};
  ::fcntl(out.ours.get(), F_SETFL, O_NONBLOCK);
  return out;
}

Descriptor makeFile(const ChildProgram::Bytes& content) {
  const int fd = ::memfd_create("disktwin", MFD_CLOEXEC);
  if (fd < 0) throw systemError("a file in memory");
  Descriptor out = raised(fd);
  for (std::size_t at = 0; at < content.size();) {
    const ssize_t count = ::write(out.get(), content.data() + at, content.size() - at);
    if (count <= 0) throw systemError("a file in memory");
    at += static_cast<std::size_t>(count);
  }
  return out;
}

// Between fork and exec: only what is safe in a signal handler.
[[noreturn]] void becomeProgram(const char* path, char* const* argv, char* const* environment,
                                const int* descriptors, int count, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);  // Ctrl-C is ours to hear
  for (int number = 0; number < count; ++number) ::dup2(descriptors[number], number);
  for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
  ::execve(path, argv, environment);
  ::_exit(127);
}

// Reads what is there; false at the end.
bool readSome(int fd, std::string& into, std::size_t most) {
  std::array<char, 65536> some;
  const ssize_t count = ::read(fd, some.data(), some.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  into.append(some.data(), static_cast<std::size_t>(count));
  if (into.size() > most) into.erase(0, into.size() - most);
  return count > 0;
}

}  // namespace

struct ChildProgram::State {
  pid_t child = -1;
  Descriptor input;                // held open, or the program would see its end
  std::array<Descriptor, 3> from;  // its output, its errors, its socket
  std::array<std::string, 3> heard;
  std::vector<Descriptor> files;

  void start(const std::string& path, const std::vector<std::string>& words) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::vector<std::string> environment{"LC_ALL=C"};
    for (const char* name : {"PATH", "TMPDIR"}) {
      if (const char* value = std::getenv(name))
        environment.push_back(std::string(name) + "=" + value);
    }
    std::vector<char*> variables;
    for (std::string& variable : environment) variables.push_back(variable.data());
    variables.push_back(nullptr);

    std::array<Pair, 4> ends;
    for (Pair& pair : ends) pair = makeSocket();
    std::vector<int> theirs;
    for (const Pair& pair : ends) theirs.push_back(pair.theirs.get());
    for (const Descriptor& file : files) theirs.push_back(file.get());
    const pid_t parent = ::getpid();
    child = ::fork();
    if (child < 0) throw systemError(words.front());
    if (child == 0) {
      becomeProgram(path.c_str(), argv.data(), variables.data(), theirs.data(),
                    static_cast<int>(theirs.size()), parent);
    }
    input = std::move(ends[0].ours);
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = std::move(ends[i + 1].ours);
  }

  bool reap() {
    if (child > 0 && ::waitpid(child, nullptr, WNOHANG) == child) child = -1;
    return child <= 0;
  }
};

ChildProgram::ChildProgram(const std::vector<std::string>& words, const std::vector<Bytes>& files)
    : state_(std::make_unique<State>()) {
  const std::optional<std::string> path = findProgram(words.front());
  if (!path) {
    throw Error(ErrorKind::Failed, words.front(), "there is no such program",
                "install the package that has it");
  }
  for (const Bytes& content : files) state_->files.push_back(makeFile(content));
  state_->start(*path, words);
}

ChildProgram::~ChildProgram() {
  if (state_->reap()) return;
  ::kill(state_->child, SIGKILL);
  const auto end = std::chrono::steady_clock::now() + kUntilGone;
  while (!state_->reap() && std::chrono::steady_clock::now() < end) ::poll(nullptr, 0, 10);
}

std::string ChildProgram::fileName(std::size_t index) {
  return "/dev/fd/" + std::to_string(kFirstFile + static_cast<int>(index));
}

void ChildProgram::listen(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (bool heard = false; !heard;) {
    std::array<pollfd, 3> wait{};
    for (std::size_t i = 0; i < wait.size(); ++i) wait[i] = {state_->from[i].get(), POLLIN, 0};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    const int tick = static_cast<int>(std::clamp<long>(left.count(), 0, kTick));
    if (::poll(wait.data(), wait.size(), tick) > 0) {
      for (std::size_t i = 0; i < wait.size(); ++i) {
        if (wait[i].revents == 0) continue;
        heard = true;
        const std::size_t most = i == 1 ? kMostErrors : kMostKept;
        if (!readSome(wait[i].fd, state_->heard[i], most)) state_->from[i] = {};
      }
    }
    if (Cancellation::requested() || left.count() <= 0) return;
  }
}

std::string ChildProgram::takeOutput() {
  return std::exchange(state_->heard[0], {});
}

const std::string& ChildProgram::errors() const {
  return state_->heard[1];
}

std::string ChildProgram::takeFromSocket() {
  return std::exchange(state_->heard[2], {});
}

void ChildProgram::send(const std::string& text) {
  std::size_t at = 0;
  for (int tries = 0; at < text.size() && tries < 10; ++tries) {
    const ssize_t count = ::send(state_->from[2].get(), text.data() + at, text.size() - at,
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) at += static_cast<std::size_t>(count);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return;
    if (at < text.size()) ::poll(nullptr, 0, kTick);
  }
}

ChildProgram::Bytes ChildProgram::readFile(std::size_t index, std::size_t most) const {
  struct stat about {};
  const int fd = state_->files.at(index).get();
  if (::fstat(fd, &about) != 0) throw systemError("a file in memory");
  Bytes out(std::min(static_cast<std::size_t>(about.st_size), most));
  for (std::size_t at = 0; at < out.size();) {
    const ssize_t count = ::pread(fd, out.data() + at, out.size() - at, static_cast<off_t>(at));
    if (count <= 0) {
      out.resize(at);
      break;
    }
    at += static_cast<std::size_t>(count);
  }
  return out;
}

void ChildProgram::emptyFile(std::size_t index) {
  if (::ftruncate(state_->files.at(index).get(), 0) != 0) throw systemError("a file in memory");
}

bool ChildProgram::hasEnded() {
  return state_->reap();
}

double ChildProgram::processorSeconds() const {
  clockid_t clock{};
  timespec used{};
  if (state_->child <= 0 || ::clock_getcpuclockid(state_->child, &clock) != 0 ||
      ::clock_gettime(clock, &used) != 0) {
    return 0;
  }
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

}  // namespace disktwin
