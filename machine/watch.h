// Concludes from what a machine shows whether its system has come up. No clock and no machine in
// here: samples in, conclusions out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "machine/signs.h"

namespace disktwin::machine {

enum class Outcome { CameUp, DidNotComeUp, CannotTell };
const char* nameOf(Outcome outcome);  // "came-up", "did-not-come-up", "cannot-tell": for programs

struct Verdict {
  Outcome outcome = Outcome::CannotTell;
  std::string because;  // a clause
};

struct Sample {
  double seconds = 0;                // since the machine was started
  std::string screen;                // as readScreen() has it
  std::string console;               // of the serial port, as plainText() has it
  std::uint64_t diskOperations = 0;  // since the machine was started
  double processorShare = 0;         // of one processor, since the last sample
  unsigned resets = 0;               // by the guest
  bool switchedOff = false;          // by the guest
};

// Seconds.
struct Pace {
  double timeout = 300;
  double still = 6;  // so long nothing may change before a dead end is believed
  double idle = 4;   // so long there is nothing to do before the button is pressed
  double betweenPresses = 20;
};

class Watch {
 public:
  explicit Watch(const Pace& pace) : pace_(pace) {}

  // Samples come about once a second.
  std::optional<Verdict> look(const Sample& sample);
  // Whether the power button shall be pressed now, after the sample that was looked at last; it
  // counts as pressed then.
  bool wantsButton();

 private:
  void follow(const Sample& sample);
  std::optional<Finding> seen() const;
  std::optional<Verdict> fromFinding(const Finding& finding) const;

  Pace pace_;
  Sample last_;
  std::string lastText_;
  double changed_ = 0;  // when something was last seen to change
  double busy_ = 0;     // when the machine last had something to do
  std::optional<double> pressed_;
};

}  // namespace disktwin::machine
