// Ctrl-C, SIGTERM and a command to cancel as a flag that the work looks at between blocks.
#pragma once

#include <atomic>

namespace disktwin {

class Cancellation {
 public:
  // From now on SIGINT, SIGTERM and SIGHUP, the first time they come, set the flag instead of
  // ending the process; SIGPIPE and SIGXFSZ are ignored, so that a closed reader and a limit on
  // file sizes show as write errors. Call once, from main().
  static void watchSignals();

  static bool requested() { return flag_.load(std::memory_order_relaxed); }
  static void request() { flag_.store(true, std::memory_order_relaxed); }
  // Waits while the work is to stand still (Pause). Throws Error(Cancelled) when requested.
  static void check();

 private:
  static std::atomic<bool> flag_;
};

}  // namespace disktwin
