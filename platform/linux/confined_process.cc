#include "platform/confined_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <thread>
#include <utility>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/fork_gate.h"
#include "platform/linux/call_filter.h"
#include "platform/linux/descriptor.h"
#include "platform/linux/kept_descriptors.h"
#include "platform/linux/text_file.h"
#include "platform/pause.h"
#include "platform/sanitizer.h"

namespace disktwin {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLookAtCancellation{200};
constexpr milliseconds kForADeath{2000};
constexpr int kSocket = kFirstKept;
static_assert(ConfinedProcess::kKept == kSocket + 1);
constexpr rlim_t kOpenFiles = 64;

struct Head {
  std::uint32_t kind;
  std::uint32_t length;
};

// Processor time gives a signal at the first limit and the end at the second.
void limit(int resource, rlim_t value) {
  const struct rlimit both { value, resource == RLIMIT_CPU ? value + 1 : value };
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &both);
}

std::uint64_t mappedNow() {
  return std::strtoull(readLine("/proc/self/statm").c_str(), nullptr, 10) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void becomeSmall(const ProcessLimits& limits, pid_t parent, std::uint64_t mapped) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  Pause::end();  // nobody would tell this copy of it
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // Ctrl-C reaches the whole group; what it means for the child is for the parent to say.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) {
    if (!isSanitized()) std::signal(signal, SIG_DFL);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, kOpenFiles);
  limit(RLIMIT_CPU, limits.processorSeconds);
  // A sanitizer's shadow is terabytes.
  if (!isSanitized()) limit(RLIMIT_AS, mapped + limits.memory);
}

[[noreturn]] void runChild(const ProcessLimits& limits, pid_t parent, std::uint64_t mapped,
                           int socket, int keep, const ConfinedProcess::Work& work) {
  const std::array both{socket, keep};
  keepOnly(std::span(both).first(keep >= 0 ? 2 : 1));
  becomeSmall(limits, parent, mapped);
  int status = 1;
  try {
    ChildEnd end(kSocket);
    work(end);
    status = 0;
  } catch (...) {
    // Whoever waits sees that there is no answer.
  }
  ::_exit(status);
}

}  // namespace

void ChildEnd::send(std::uint32_t kind, std::span<const std::byte> body) {
  if (body.size() > kLargestMessage) ::_exit(1);
  const Head head{kind, static_cast<std::uint32_t>(body.size())};
  for (auto part : {std::as_bytes(std::span(&head, 1)), body}) {
    while (!part.empty()) {
      const ssize_t done = ::send(socket_, part.data(), part.size(), MSG_NOSIGNAL);
      if (done <= 0 && errno != EINTR) ::_exit(1);
      if (done > 0) part = part.subspan(static_cast<std::size_t>(done));
    }
  }
}

Message ChildEnd::receive() {
  const auto fill = [this](std::span<std::byte> part) {
    while (!part.empty()) {
      const ssize_t done = ::recv(socket_, part.data(), part.size(), 0);
      if (done == 0 || (done < 0 && errno != EINTR)) ::_exit(1);
      if (done > 0) part = part.subspan(static_cast<std::size_t>(done));
    }
  };
  Head head{};
  fill(std::as_writable_bytes(std::span(&head, 1)));
  if (head.length > kLargestMessage) ::_exit(1);
  Message out{head.kind, std::vector<std::byte>(head.length)};
  fill(out.body);
  return out;
}

void ChildEnd::confine(May may) {
  filterCalls(may == May::ReadFiles);
}

ConfinedProcess::ConfinedProcess(std::string name, const ProcessLimits& limits, int keep,
                                 const Work& work)
    : name_(std::move(name)) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    fail(fmt::format("no helper process can be started: {}", std::strerror(errno)));
  }
  Descriptor ours(pair[0]);
  const Descriptor theirs(pair[1]);
  const pid_t parent = ::getpid();
  const std::uint64_t mapped = mappedNow();
  {
    const ForkGate::Closed gate = ForkGate::closed();
    pid_ = ::fork();
  }
  if (pid_ < 0) fail(fmt::format("no helper process can be started: {}", std::strerror(errno)));
  if (pid_ == 0) runChild(limits, parent, mapped, theirs.get(), keep, work);
  socket_ = ::fcntl(ours.get(), F_DUPFD_CLOEXEC, 0);
  if (socket_ < 0) failGone();
}

ConfinedProcess::~ConfinedProcess() {
  if (socket_ >= 0) ::close(socket_);
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  // A child that the kernel holds (a device that does not answer) dies when it lets go.
  const auto until = steady_clock::now() + kForADeath;
  while (::waitpid(pid_, nullptr, WNOHANG) == 0 && steady_clock::now() < until) {
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void ConfinedProcess::fail(const std::string& what) const {
  throw Error(ErrorKind::Failed, name_, what);
}

void ConfinedProcess::failGone() {
  ::kill(pid_, SIGKILL);
  int status = 0;
  const auto until = steady_clock::now() + kForADeath;
  pid_t got = 0;
  while ((got = ::waitpid(pid_, &status, WNOHANG)) == 0 && steady_clock::now() < until) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  if (got == pid_) pid_ = -1;
  if (got > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
    fail("the helper process that read it took too much processor time");
  }
  if (got > 0 && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
    fail(fmt::format("the helper process that read it crashed (signal {})", WTERMSIG(status)));
  }
  fail("the helper process that read it ended without an answer");
}

void ConfinedProcess::waitFor(short events, Deadline deadline) {
  while (true) {
    Cancellation::check();
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - WorkClock::now());
    if (left.count() <= 0) fail("the helper process that read it did not answer in time");
    struct pollfd one {
      socket_, events, 0
    };
    const int got =
        ::poll(&one, 1, static_cast<int>(std::min(left, kLookAtCancellation).count()) + 1);
    if (got > 0) return;
    if (got < 0 && errno != EINTR) fail(fmt::format("poll: {}", std::strerror(errno)));
  }
}

void ConfinedProcess::send(std::uint32_t kind, std::span<const std::byte> body, Deadline deadline) {
  const Head head{kind, static_cast<std::uint32_t>(body.size())};
  for (auto part : {std::as_bytes(std::span(&head, 1)), body}) {
    while (!part.empty()) {
      const ssize_t done = ::send(socket_, part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (done > 0) {
        part = part.subspan(static_cast<std::size_t>(done));
      } else if (errno == EAGAIN) {
        waitFor(POLLOUT, deadline);
      } else if (errno != EINTR) {
        failGone();
      }
    }
  }
}

Message ConfinedProcess::receive(Deadline deadline) {
  const auto fill = [&](std::span<std::byte> part) {
    while (!part.empty()) {
      const ssize_t done = ::recv(socket_, part.data(), part.size(), MSG_DONTWAIT);
      if (done > 0) {
        part = part.subspan(static_cast<std::size_t>(done));
      } else if (done < 0 && errno == EAGAIN) {
        waitFor(POLLIN, deadline);
      } else if (done == 0 || errno != EINTR) {
        failGone();
      }
    }
  };
  Head head{};
  fill(std::as_writable_bytes(std::span(&head, 1)));
  if (head.length > kLargestMessage) fail("the helper process that read it answered rubbish");
  Message out{head.kind, std::vector<std::byte>(head.length)};
  fill(out.body);
  return out;
}

}  // namespace disktwin
