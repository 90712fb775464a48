// Starts a machine and watches it until it is known whether its system came up.
#pragma once

#include <functional>
#include <string>

#include "machine/description.h"
#include "machine/virtual_machine.h"
#include "machine/watch.h"

namespace disktwin::machine {

struct Trial {
  Description machine;
  VirtualMachine::Bytes variables;  // of UEFI
  Pace pace;
  bool photograph = false;
  // Called about once a second. `disk` throws what the disk behind the machine has failed with.
  std::function<void(const Sample&, const DiskCounters&)> tell;
  std::function<void()> disk;
};

struct TrialResult {
  Verdict verdict;
  double seconds = 0;
  DiskCounters counters;
  std::string screen;   // the text on it when the conclusion was drawn; before a shutdown
  std::string console;  // of the serial port
  VirtualMachine::Bytes photograph;
};

// Throws Error(Failed) for what goes wrong with QEMU, what `disk` throws, and Error(Cancelled).
TrialResult run(const Trial& trial);

}  // namespace disktwin::machine
