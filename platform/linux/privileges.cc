#include "platform/privileges.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <limits>

namespace disktwin {

bool isRoot() {
  return ::geteuid() == 0;
}

std::uint32_t userId() {
  return ::geteuid();
}

std::int64_t processId() {
  return ::getpid();
}

std::optional<std::uint32_t> userNumber(const std::optional<std::string>& text) {
  std::uint32_t user = 0;
  if (!text || text->empty()) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), user);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  if (user == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return user;
}

std::optional<std::uint32_t> askedBy() {
  const char* user = isRoot() ? std::getenv("PKEXEC_UID") : nullptr;
  return user ? userNumber(user) : std::nullopt;
}

}  // namespace disktwin
