#include "gui/run/record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace disktwin::gui {
namespace {

constexpr std::size_t kMostAtOnce = 4U << 20;

}  // namespace

Record::Record(const std::string& events, const std::string& control)
    : socket_(control),
      control_(std::make_unique<Control>(control)),
      fd_(::open(events.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
  struct stat info {};
  if (fd_ >= 0 && (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode))) {
    ::close(fd_);
    fd_ = -1;
  }
}

Record::~Record() {
  if (fd_ >= 0) ::close(fd_);
}

std::vector<std::string> Record::read() {
  std::string bytes;
  std::array<char, 64U << 10> buffer;
  while (fd_ >= 0 && bytes.size() < kMostAtOnce) {
    const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
    if (got <= 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
  isDrained_ = bytes.empty();
  return lines_.add(bytes);
}

bool Record::hasEnded() {
  if (fd_ < 0) return true;
  if (!isDrained_) return false;
  if (isDead_) return true;
  if (control_->isAlive()) return false;
  // Perhaps only this connection has ended.
  control_ = std::make_unique<Control>(socket_);
  if (control_->isAlive()) return false;
  // Between the last look and now it may have said its last word.
  isDead_ = true;
  isDrained_ = false;
  return false;
}

bool Record::send(std::string line) {
  return control_->give(std::move(line));
}

}  // namespace disktwin::gui
