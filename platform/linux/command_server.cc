#include "platform/command_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>

#include "platform/error.h"
#include "platform/fork_gate.h"
#include "platform/line_splitter.h"
#include "platform/linux/descriptor.h"

namespace disktwin {
namespace {

constexpr int kRest = 100;  // milliseconds, when there are no descriptors for another connection
constexpr std::size_t kPiece = 4096;

// Standard input may be somebody else's as well, who must not find it changed; and it must not be
// waited for when somebody else has taken what was there. A pipe can be opened a second time.
Descriptor openInput() {
  Descriptor own(::open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (own.valid()) return own;
  return Descriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));  // a socket, or not ours to open
}

ssize_t receive(int fd, char* into, std::size_t most) {
  const ssize_t got = ::recv(fd, into, most, MSG_DONTWAIT);
  return got < 0 && errno == ENOTSOCK ? ::read(fd, into, most) : got;
}

// Root, or who owns the job.
bool mayConnect(int fd, std::uint32_t owner) {
  struct ucred peer {};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == 0 || peer.uid == owner);
}

}  // namespace

struct CommandServer::State {
  // Somebody who may say something.
  struct Speaker {
    Speaker(Descriptor descriptor, From kind) : fd(std::move(descriptor)), from(kind) {}
    // A pipe that was opened again when nobody wrote to it any more does not tell of its end.
    int watched() const { return from == From::StandardInput ? STDIN_FILENO : fd.get(); }

    Descriptor fd;  // to read from
    From from;
    LineSplitter lines{kLongestLine};
  };

  Hear hear;
  Descriptor wake;
  std::unique_ptr<ListeningSocket> listener;
  std::uint32_t owner = 0;
  // The first one is standard input.
  std::array<std::unique_ptr<Speaker>, 1 + kMostConnections> speakers;
  std::atomic<int> present{0};
  std::thread thread;

  void loop() {
    for (;;) {
      std::array<pollfd, 2 + 1 + kMostConnections> wait{};
      wait[0] = {wake.get(), POLLIN, 0};
      // poll() passes over a descriptor of -1.
      wait[1] = {listener ? listener->descriptor() : -1, POLLIN, 0};
      for (std::size_t i = 0; i < speakers.size(); ++i) {
        wait[i + 2] = {speakers[i] ? speakers[i]->watched() : -1, POLLIN, 0};
      }
      if (::poll(wait.data(), wait.size(), -1) < 0) continue;
      if (wait[0].revents != 0) return;
      const ForkGate::Busy busy = ForkGate::busy();
      for (std::size_t i = 0; i < speakers.size(); ++i) {
        if (wait[i + 2].revents != 0 && !listen(*speakers[i])) leave(speakers[i]);
      }
      if (wait[1].revents != 0) accept();
    }
  }

  void leave(std::unique_ptr<Speaker>& speaker) {
    speaker.reset();
    --present;
  }

  // False when nothing more is to be heard from there.
  bool listen(Speaker& speaker) noexcept {
    std::array<char, kPiece> piece;
    const ssize_t got = receive(speaker.fd.get(), piece.data(), piece.size());
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    bool goesOn = got > 0;
    try {
      std::string_view rest(piece.data(), static_cast<std::size_t>(got));
      while (goesOn && !rest.empty()) {
        if (auto line = speaker.lines.next(rest)) goesOn = take(speaker, *line);
      }
      if (got == 0) {
        if (auto line = speaker.lines.last()) take(speaker, *line);
      }
    } catch (...) {
      goesOn = false;  // there is no memory: nobody's words are worth a job
    }
    ::explicit_bzero(piece.data(), piece.size());
    return goesOn;
  }

  bool take(Speaker& speaker, LineSplitter::Line& line) {
    std::optional<std::string> answer = hear(speaker.from, line.text);
    if (!answer || speaker.from == From::StandardInput) return answer.has_value();
    *answer += '\n';
    // Whoever does not take his answers has lost interest.
    return ::send(speaker.fd.get(), answer->data(), answer->size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
           static_cast<ssize_t>(answer->size());
  }

  void accept() noexcept {
    Descriptor connection(::accept4(listener->descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.valid()) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) ::poll(nullptr, 0, kRest);
      return;
    }
    if (!mayConnect(connection.get(), owner)) return;
    for (std::size_t i = 1; i < speakers.size(); ++i) {
      if (speakers[i]) continue;
      try {
        speakers[i] = std::make_unique<Speaker>(std::move(connection), From::Socket);
        ++present;
      } catch (...) {
        return;
      }
      return;
    }
  }
};

CommandServer::CommandServer(Hear hear) : state_(std::make_unique<State>()) {
  state_->hear = std::move(hear);
}

CommandServer::~CommandServer() {
  if (!state_->thread.joinable()) return;
  const std::uint64_t one = 1;
  while (::write(state_->wake.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  state_->thread.join();
}

void CommandServer::start(Sources sources) {
  State& state = *state_;
  state.listener = std::move(sources.socket);
  state.owner = sources.owner;
  state.wake = Descriptor(::eventfd(0, EFD_CLOEXEC));
  if (!state.wake.valid()) throw Error(ErrorKind::Failed, "eventfd", std::strerror(errno));
  if (sources.standardInput) {
    state.speakers[0] = std::make_unique<State::Speaker>(openInput(), From::StandardInput);
    state.present = 1;
  }
  state.thread = std::thread([&state] { state.loop(); });
}

bool CommandServer::isAnybodyThere() const {
  return state_->present > 0;
}

}  // namespace disktwin
