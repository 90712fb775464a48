#include "platform/background.h"

#include <linux/ioprio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace disktwin {

void runInBackground() {
  constexpr int kLast = 19;
  ::setpriority(PRIO_PROCESS, 0, kLast);
  // Not the idle class: a disk that others keep busy would never be reached, and a clone that
  // stands still for hours looks like one that hangs.
  constexpr int kLowest = 7;
  ::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, kLowest));
}

}  // namespace disktwin
