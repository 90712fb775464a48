#include "machine/trial.h"

#include <chrono>

#include "platform/error.h"

namespace disktwin::machine {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenLooks = 900ms;

class Run {
 public:
  explicit Run(const Trial& trial)
      : trial_(trial), machine_(trial.machine, trial.variables), watch_(trial.pace) {}

  TrialResult untilKnown() {
    for (;;) {
      machine_.wait(kBetweenLooks);
      const Sample sample = machine_.look();
      if (trial_.disk) trial_.disk();
      if (trial_.tell) trial_.tell(sample, machine_.counters());
      // What it shows while it shuts down is of no interest.
      if (!pressed_) keep(sample);
      if (const auto verdict = watch_.look(sample)) return conclude(*verdict, sample);
      if (watch_.wantsButton()) press(sample);
    }
  }

 private:
  void keep(const Sample& sample) {
    result_.screen = sample.screen;
    result_.console = sample.console;
  }

  void press(const Sample& sample) {
    keep(sample);
    if (trial_.photograph) result_.photograph = machine_.photograph();
    machine_.pressPowerButton();
    pressed_ = true;
  }

  TrialResult conclude(const Verdict& verdict, const Sample& sample) {
    if (!sample.switchedOff) {
      keep(sample);
      if (trial_.photograph) result_.photograph = machine_.photograph();
    } else if (trial_.photograph && result_.photograph.empty()) {
      result_.photograph = machine_.photograph();
    }
    result_.verdict = verdict;
    result_.seconds = sample.seconds;
    result_.counters = machine_.counters();
    return std::move(result_);
  }

  const Trial& trial_;
  VirtualMachine machine_;
  Watch watch_;
  TrialResult result_;
  bool pressed_ = false;
};

}  // namespace

TrialResult run(const Trial& trial) {
  try {
    return Run(trial).untilKnown();
  } catch (const Error& error) {
    // When the disk is what failed, it knows better why.
    if (error.kind() != ErrorKind::Cancelled && trial.disk) trial.disk();
    throw;
  }
}

}  // namespace disktwin::machine
