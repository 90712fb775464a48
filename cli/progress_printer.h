// Shows a job's progress while it runs: a bar, lines in a log, or events.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "cli/output.h"
#include "clone/copy/progress.h"
#include "platform/pause.h"

namespace disktwin::cli {

// Tells of each phase that begins, for copy::Progress. `output` outlives it.
std::function<void(copy::Phase, std::uint64_t)> phaseEvents(Output& output);

// An `onStuck` for work that leaves nothing that would have to be said. `output` outlives it.
std::function<void()> stopAtOnce(Output& output);

// Reads `progress` from a thread of its own until it is destroyed. When the user asks to stop and
// the work does not end by itself within a moment (a device that hangs, a long flush), `onStuck` is
// called once; it says what is to be said and ends the process. While the work is to stand still
// (Pause), nothing is shown.
class ProgressPrinter {
 public:
  ProgressPrinter(const copy::Progress& progress, Output& output, std::function<void()> onStuck);
  ~ProgressPrinter();
  ProgressPrinter(const ProgressPrinter&) = delete;
  ProgressPrinter& operator=(const ProgressPrinter&) = delete;

 private:
  // What is not done while the work stands still does not count.
  using Clock = WorkClock;
  void loop();
  void show(Clock::time_point now);
  void beginPhase(copy::Phase phase, Clock::time_point now);
  double rate(Clock::time_point now) const;  // bytes a second in this phase

  const copy::Progress& progress_;
  Output& output_;
  const std::function<void()> onStuck_;
  const bool bar_;

  bool began_ = false;
  copy::Phase phase_ = copy::Phase::Plan;
  Clock::time_point phaseBegan_;
  Clock::time_point lastShown_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace disktwin::cli
