#include "platform/privileges.h"

#include <unistd.h>

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

}  // namespace disktwin
