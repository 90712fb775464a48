#include "platform/wipe.h"

#include <cstring>

namespace disktwin {

void wipe(std::string& secret) noexcept {
  ::explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace disktwin
