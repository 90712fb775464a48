#include "platform/linux/helper_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/fork_gate.h"
#include "platform/linux/descriptor.h"
#include "platform/linux/kept_descriptors.h"
#include "platform/pause.h"

namespace disktwin {
namespace {

constexpr int kPatience = 100;     // milliseconds between looks at the flag
constexpr int kPipe = kFirstKept;  // the child's end of the pipe

// What the child writes: a letter, texts that end with a zero byte.
enum Tag : char {
  kTold = 'T',    // one text
  kFailed = 'E',  // the kind as a number, subject, detail, hint
  kDone = 'D',    // none
};

void put(char tag, const std::vector<std::string>& texts) {
  std::string all(1, tag);
  for (const std::string& text : texts) all += std::string(text.c_str()) + '\0';
  std::string_view rest = all;
  while (!rest.empty()) {
    const ssize_t done = ::write(kPipe, rest.data(), rest.size());
    if (done < 0 && errno != EINTR) ::_exit(1);
    if (done > 0) rest.remove_prefix(static_cast<std::size_t>(done));
  }
}

[[noreturn]] void runChild(pid_t parent, int pipe, const std::function<void(const Tell&)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  Pause::end();  // nobody would tell this copy of it
  // Ctrl-C reaches the whole group; what it means for the child is for the parent to say.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
  // The descriptor behind a VirtualFile above all must not live on here: as long as somebody has
  // it, the kernel waits for an answer when the parent has been killed.
  keepOnly(std::array{pipe});
  try {
    work([](const std::string& text) { put(kTold, {text}); });
    put(kDone, {});
    ::_exit(0);
  } catch (const Error& error) {
    put(kFailed, {std::to_string(static_cast<int>(error.kind())), error.subject(), error.detail(),
                  error.hint()});
  } catch (const std::exception& error) {
    put(kFailed, {std::to_string(static_cast<int>(ErrorKind::Failed)), "helper", error.what(), ""});
  }
  ::_exit(1);
}

class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  // What the kernel still has to do for it (unmounting, writing back) is done when it is gone.
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  void wait() {
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }

 private:
  pid_t pid_;
};

class Listener {
 public:
  explicit Listener(int pipe) : pipe_(pipe) {}

  // False at the end.
  bool more() {
    pollfd wait{pipe_, POLLIN, 0};
    for (;;) {
      Cancellation::check();
      if (::poll(&wait, 1, kPatience) == 0) continue;
      std::array<char, 4096> some;
      const ssize_t count = ::read(pipe_, some.data(), some.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      heard_.append(some.data(), static_cast<std::size_t>(count));
      return true;
    }
  }

  char tag() const { return heard_.empty() ? '\0' : heard_.front(); }
  // Takes a message of `count` texts; nothing when it is not complete yet.
  std::vector<std::string> take(std::size_t count) {
    std::vector<std::string> out;
    std::size_t at = 1;
    while (out.size() < count) {
      const std::size_t end = heard_.find('\0', at);
      if (end == std::string::npos) return {};
      out.push_back(heard_.substr(at, end - at));
      at = end + 1;
    }
    heard_.erase(0, at);
    return out;
  }

 private:
  int pipe_;
  std::string heard_;
};

}  // namespace

void runInChild(const std::string& name, const Tell& heard,
                const std::function<void(const Tell&)>& work) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw Error(ErrorKind::Failed, name, std::string("pipe: ") + std::strerror(errno));
  }
  const Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = [] {
    const ForkGate::Closed gate = ForkGate::closed();
    return ::fork();
  }();
  if (pid < 0) throw Error(ErrorKind::Failed, name, std::string("fork: ") + std::strerror(errno));
  if (pid == 0) runChild(parent, theirs.get(), work);
  theirs = {};
  Child child(pid);
  Listener listener(ours.get());
  while (listener.more()) {
    while (listener.tag() == kTold) {
      const std::vector<std::string> texts = listener.take(1);
      if (texts.empty()) break;
      heard(texts.front());
    }
  }
  child.wait();
  if (listener.tag() == kDone) return;
  const std::vector<std::string> texts =
      listener.tag() == kFailed ? listener.take(4) : std::vector<std::string>();
  if (texts.empty()) throw Error(ErrorKind::Failed, name, "the process that did it was ended");
  throw Error(static_cast<ErrorKind>(std::atoi(texts[0].c_str())), texts[1], texts[2], texts[3]);
}

}  // namespace disktwin
