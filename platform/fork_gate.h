// Children that go on in this program's code while it has other threads.
#pragma once

#include <mutex>
#include <shared_mutex>

#include "platform/sanitizer.h"

namespace disktwin {

// A child that fork() makes has a copy of every lock, as it was; one that another thread held is
// held in the child for ever. The C library takes care of its allocator's; a sanitizer does not, and
// the child hangs at its first allocation. So in such a build threads that run beside the main one
// allocate only while they have `busy()`, and who forks waits with `closed()` until none has. In all
// other builds these do nothing. Thread-safe.
class ForkGate {
 public:
  using Busy = std::shared_lock<std::shared_mutex>;
  using Closed = std::unique_lock<std::shared_mutex>;

  static Busy busy() { return isSanitized() ? Busy(mutex_) : Busy(); }
  static Closed closed() { return isSanitized() ? Closed(mutex_) : Closed(); }

 private:
  inline static std::shared_mutex mutex_;
};

}  // namespace disktwin
