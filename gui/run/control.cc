#include "gui/run/control.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "gui/protocol/json_fields.h"
#include "gui/run/secret.h"

namespace disktwin::gui {
namespace {

int connectTo(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, name.c_str(), name.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  constexpr timeval kPatience{2, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

Control::Control(const std::string& socket) {
  const std::size_t slash = socket.rfind('/');
  if (slash == socket.npos) return;
  // A socket's name has room for a hundred letters; a folder's number is short.
  const int folder = ::open(socket.substr(0, slash + 1).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  fd_ = connectTo("/proc/self/fd/" + std::to_string(folder) + socket.substr(slash));
  ::close(folder);
}

Control::~Control() {
  if (fd_ >= 0) ::close(fd_);
}

bool Control::isAlive() {
  if (fd_ < 0) return false;
  char letter = 0;
  const ssize_t got = ::recv(fd_, &letter, 1, MSG_PEEK | MSG_DONTWAIT);
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

bool Control::give(std::string line) {
  const Wiped wiped(line);
  line += '\n';
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t put = ::send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (put <= 0) return false;
    sent += static_cast<std::size_t>(put);
  }
  std::string answer;
  std::array<char, 4096> buffer;
  while (answer.find('\n') == answer.npos && answer.size() < buffer.size()) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return flagOf(nlohmann::json::parse(answer.substr(0, answer.find('\n')), nullptr, false), "ok");
}

}  // namespace disktwin::gui
