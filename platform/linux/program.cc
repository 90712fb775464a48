#include "platform/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/linux/descriptor.h"
#include "platform/printable.h"

namespace disktwin {
namespace {

constexpr std::size_t kMostKept = 64 * 1024;
constexpr const char* kSystemFolders = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
constexpr int kPatience = 100;  // milliseconds between looks at the flag
constexpr auto kGrace = std::chrono::seconds(5);

std::string searchPath() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? kSystemFolders : std::string(path) + ":" + kSystemFolders;
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe makePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw Error(ErrorKind::Failed, "pipe", std::strerror(errno));
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// Between fork and exec only what is safe in a signal handler may be called: other threads of the
// parent may have held any lock.
[[noreturn]] void becomeProgram(const char* path, char* const* argv, char* const* environment,
                                int input, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);  // Ctrl-C is ours to hear; what is half done is ended in an orderly way
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
  ::execve(path, argv, environment);
  ::_exit(127);
}

class Running {
 public:
  Running(const std::string& path, const std::vector<std::string>& words) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    std::string environment[] = {"LC_ALL=C", "PATH=" + searchPath()};
    std::array<char*, 3> variables{environment[0].data(), environment[1].data(), nullptr};
    Pipe in = makePipe();
    Pipe out = makePipe();
    const pid_t parent = ::getpid();
    child_ = ::fork();
    if (child_ < 0) throw Error(ErrorKind::Failed, words.front(), std::strerror(errno));
    if (child_ == 0) {
      becomeProgram(path.c_str(), argv.data(), variables.data(), in.read.get(), out.write.get(),
                    parent);
    }
    input_ = std::move(in.write);
    output_ = std::move(out.read);
  }
  ~Running() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  // Gives it its input and takes its output, in whatever order it wants them.
  std::string converse(std::string_view input) {
    ::fcntl(input_.get(), F_SETFL, O_NONBLOCK);
    std::string heard;
    for (;;) {
      if (Cancellation::requested()) stop();
      if (input.empty()) input_ = {};
      // poll() passes over a descriptor of -1.
      std::array<pollfd, 2> wait{{{output_.get(), POLLIN, 0}, {input_.get(), POLLOUT, 0}}};
      if (::poll(wait.data(), wait.size(), kPatience) <= 0) continue;
      if (wait[1].revents != 0) give(input);
      if (wait[0].revents != 0 && !hear(heard)) return heard;
    }
  }

  int wait() {
    int status = 0;
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  void give(std::string_view& input) {
    const ssize_t count = ::write(input_.get(), input.data(), input.size());
    if (count >= 0) {
      input.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      input = {};  // it has ended or does not read: its status will tell
    }
  }

  // False at the end of its output.
  bool hear(std::string& heard) {
    std::array<char, 4096> some;
    const ssize_t count = ::read(output_.get(), some.data(), some.size());
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    heard.append(some.data(), static_cast<std::size_t>(count));
    if (heard.size() > 2 * kMostKept) heard.erase(0, heard.size() - kMostKept);
    return true;
  }

  [[noreturn]] void stop() {
    ::kill(child_, SIGTERM);
    const auto end = std::chrono::steady_clock::now() + kGrace;
    bool isGone = false;
    while (!isGone && std::chrono::steady_clock::now() < end) {
      ::poll(nullptr, 0, kPatience);
      isGone = ::waitpid(child_, nullptr, WNOHANG) != 0;
    }
    if (!isGone) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    child_ = -1;
    Cancellation::check();
    std::abort();  // a request is never taken back
  }

  pid_t child_ = -1;
  Descriptor input_;
  Descriptor output_;
};

}  // namespace

std::optional<std::string> findProgram(const std::string& name) {
  const std::string all = searchPath();
  for (std::string_view rest = all; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string path = std::string(rest.substr(0, end)) + "/" + name;
    // An empty part of PATH means the working folder, where anybody may have put anything.
    if (end != 0 && ::access(path.c_str(), X_OK) == 0) return path;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::string ProgramResult::lastLine() const {
  std::string_view rest = output;
  while (!rest.empty()) {
    const std::size_t at = rest.find_last_of("\r\n");
    const std::string line = printable(at == std::string_view::npos ? rest : rest.substr(at + 1));
    if (line.find_first_not_of(' ') != std::string::npos) return line;
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(0, at);
  }
  return {};
}

ProgramResult runProgram(const std::vector<std::string>& words, const std::string& input) {
  const std::optional<std::string> path = findProgram(words.front());
  if (!path) {
    throw Error(ErrorKind::Failed, words.front(), "there is no such program",
                "install the package that has it");
  }
  Running program(*path, words);
  ProgramResult result;
  result.output = program.converse(input);
  result.status = program.wait();
  if (result.output.size() > kMostKept) {
    result.output.erase(0, result.output.size() - kMostKept);
  }
  return result;
}

}  // namespace disktwin
