#include "gui/run/control.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "gui/protocol/json_fields.h"

namespace disktwin::gui {
namespace {

class Connection {
 public:
  explicit Connection(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == path.npos) return;
    // A socket's name has room for a hundred letters; a folder's number is short.
    const int folder = ::open(path.substr(0, slash + 1).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    connect("/proc/self/fd/" + std::to_string(folder) + path.substr(slash));
    ::close(folder);
  }
  ~Connection() {
    if (fd_ >= 0) ::close(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool isOpen() const { return fd_ >= 0; }

  bool ask(const std::string& line, std::string& answer) const {
    for (std::size_t sent = 0; sent < line.size();) {
      const ssize_t put = ::send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
      if (put <= 0) return false;
      sent += static_cast<std::size_t>(put);
    }
    std::array<char, 4096> buffer;
    while (answer.find('\n') == answer.npos && answer.size() < buffer.size()) {
      const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got <= 0) return false;
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

 private:
  void connect(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, name.c_str(), name.size());
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return;
    constexpr timeval kPatience{2, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    ::close(fd_);
    fd_ = -1;
  }

  int fd_ = -1;
};

}  // namespace

bool isAlive(const std::string& socket) {
  return Connection(socket).isOpen();
}

bool control(const std::string& socket, const nlohmann::json& command) {
  const Connection connection(socket);
  std::string answer;
  if (!connection.isOpen() || !connection.ask(command.dump() + "\n", answer)) return false;
  return flagOf(nlohmann::json::parse(answer.substr(0, answer.find('\n')), nullptr, false), "ok");
}

}  // namespace disktwin::gui
