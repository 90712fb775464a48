#include "platform/cancellation.h"

#include <csignal>

#include "platform/error.h"
#include "platform/pause.h"

namespace disktwin {

std::atomic<bool> Cancellation::flag_{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void Cancellation::watchSignals() {
  struct sigaction action {};
  action.sa_handler = [](int) { flag_.store(true, std::memory_order_relaxed); };
  // No SA_RESTART: a question on the terminal must end too. Who presses Ctrl-C twice means it.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void Cancellation::check() {
  Pause::wait();
  if (requested()) throw Error(ErrorKind::Cancelled, "disktwin", "stopped on request");
}

}  // namespace disktwin
