#include "platform/background.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace disktwin {
namespace {

// ioprio_set(2). <linux/ioprio.h> has them as well, but newer ones of it are no C++.
constexpr int kWhoProcess = 1;
constexpr int kClassBestEffort = 2;
constexpr int kClassShift = 13;

}  // namespace

void runInBackground() {
  constexpr int kLast = 19;
  ::setpriority(PRIO_PROCESS, 0, kLast);
  // Not the idle class: a disk that others keep busy would never be reached, and a clone that
  // stands still for hours looks like one that hangs.
  constexpr int kLowest = 7;
  ::syscall(SYS_ioprio_set, kWhoProcess, 0, kClassBestEffort << kClassShift | kLowest);
}

}  // namespace disktwin
