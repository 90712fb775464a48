#include "platform/wipe.h"

#include <sys/resource.h>

#include <cstring>

namespace disktwin {

void wipe(std::string& secret) noexcept {
  ::explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

void keepOutOfCores() noexcept {
  constexpr rlimit kNone{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &kNone));
}

}  // namespace disktwin
