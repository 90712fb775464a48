#include "gui/run/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gui/run/secret.h"

extern char** environ;

namespace disktwin::gui {
namespace {

constexpr std::size_t kMostSaid = 16U << 10;
// A listing can be long; the window is to stay alive meanwhile.
constexpr std::size_t kMostAtOnce = 4U << 20;
// What waits in the pipe until we look again, a few times a second. As much as everybody may have.
constexpr int kPipeBytes = 1 << 20;

struct Pipe {
  int read = -1;
  int write = -1;
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

void closeIt(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

// What is there now; false at the end.
bool take(int fd, std::string& out, std::size_t most) {
  std::array<char, 64U << 10> buffer;
  while (out.size() < most) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0) {
      out.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      return false;
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
  return true;
}

int spawn(const std::vector<std::string>& words, const Pipe& in, const Pipe& out, const Pipe& err,
          pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // What the window ignores or blocks, the job must not.
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) sigaddset(&defaults, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(
      &attributes,
      static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int failed = posix_spawnp(&pid, argv.front(), &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

// Children that nobody listens to any more; they are not to stay behind as zombies.
std::vector<pid_t>& abandoned() {
  static std::vector<pid_t> pids;
  return pids;
}

void reapAbandoned() {
  std::erase_if(abandoned(), [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; });
}

}  // namespace

Process::Process(const std::vector<std::string>& words) {
  reapAbandoned();
  ::signal(SIGPIPE, SIG_IGN);  // a child that has gone shows as an error
  Pipe in;
  Pipe out;
  Pipe err;
  int failed = in.open() && out.open() && err.open() ? 0 : errno;
  if (failed == 0) ::fcntl(out.read, F_SETPIPE_SZ, kPipeBytes);  // it works without, too
  if (failed == 0) failed = spawn(words, in, out, err, pid_);
  closeIt(in.read);
  closeIt(out.write);
  closeIt(err.write);
  in_ = in.write;
  out_ = out.read;
  err_ = err.read;
  for (const int fd : {in_, out_, err_}) {
    if (fd >= 0) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  if (failed == 0) return;
  pid_ = -1;
  exitCode_ = kNotStarted;
  said_ = words.front() + ": " + std::strerror(failed);
}

Process::~Process() {
  if (pid_ > 0 && !exitCode_) abandoned().push_back(pid_);
  closeIt(in_);
  closeIt(out_);
  closeIt(err_);
}

std::vector<std::string> Process::read() {
  flush();
  std::string bytes;
  if (out_ >= 0 && !take(out_, bytes, kMostAtOnce)) closeIt(out_);
  isDrained_ = bytes.empty();
  if (err_ >= 0 && !take(err_, said_, said_.size() + kMostSaid)) closeIt(err_);
  if (said_.size() > kMostSaid) said_.erase(0, said_.size() - kMostSaid);
  return lines_.add(bytes);
}

void Process::reap() {
  if (pid_ < 0 || exitCode_) return;
  int status = 0;
  const pid_t done = ::waitpid(pid_, &status, WNOHANG);
  if (done == 0 || (done < 0 && errno == EINTR)) return;
  if (done < 0) {
    exitCode_ = 0;  // somebody else has waited for it
  } else {
    exitCode_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
}

bool Process::hasEnded() {
  reap();
  // A grandchild may hold the pipe for longer than the program lives.
  return exitCode_ && (out_ < 0 || isDrained_);
}

bool Process::send(std::string line) {
  const Wiped wiped(line);
  if (in_ < 0 || exitCode_) return false;
  // Not by +=, which may leave a copy behind.
  std::string all;
  all.reserve(unsent_.size() + line.size() + 1);
  all.append(unsent_).append(line).append("\n");
  wipe(unsent_);
  unsent_ = std::move(all);
  flush();
  return in_ >= 0;
}

void Process::flush() {
  while (in_ >= 0 && !unsent_.empty()) {
    const ssize_t put = ::write(in_, unsent_.data(), unsent_.size());
    if (put > 0) {
      explicit_bzero(unsent_.data(), static_cast<std::size_t>(put));  // it may be a passphrase
      unsent_.erase(0, static_cast<std::size_t>(put));
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      closeIt(in_);
    }
  }
}

}  // namespace disktwin::gui
