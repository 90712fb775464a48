// How far a job is: one state, written by the work, read by any number of printers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

namespace disktwin::copy {

// The names are part of the JSON protocol.
enum class Phase { Plan, Wipe, Resize, Copy, Flush, Table, Verify, Compare };
const char* phaseName(
    Phase phase);  // "plan", "wipe", "resize", "copy", "flush", "table", "verify", "compare"

// What could be found on the target if the work ended now.
enum class TargetState {
  Untouched,   // nothing has been written
  Incomplete,  // the old content is gone, the new one not all there; it cannot pass for a good disk
  Complete,    // everything has been written and flushed
};
const char* stateName(TargetState state);  // "untouched", "incomplete", "complete"

// Thread-safety: every member may be called at any time from any thread.
class Progress {
 public:
  // `onPhase` is called by the working thread as each phase begins, with its bytes (0: not known).
  explicit Progress(std::function<void(Phase, std::uint64_t)> onPhase = {})
      : onPhase_(std::move(onPhase)) {}

  void begin(Phase phase, std::uint64_t totalBytes) {
    done_ = 0;
    total_ = totalBytes;
    phase_ = phase;
    if (onPhase_) onPhase_(phase, totalBytes);
  }
  void add(std::uint64_t bytes) { done_ += bytes; }
  void setTarget(TargetState state) { target_ = state; }

  Phase phase() const { return phase_; }
  std::uint64_t done() const { return done_; }
  std::uint64_t total() const { return total_; }
  TargetState target() const { return target_; }

 private:
  std::atomic<Phase> phase_{Phase::Plan};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> total_{0};
  std::atomic<TargetState> target_{TargetState::Untouched};
  std::function<void(Phase, std::uint64_t)> onPhase_;
};

}  // namespace disktwin::copy
