#include "platform/privileges.h"

#include <unistd.h>

namespace disktwin {

bool isRoot() {
  return ::geteuid() == 0;
}

}  // namespace disktwin
