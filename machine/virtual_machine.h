// A virtual machine that runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "machine/description.h"
#include "machine/font.h"
#include "machine/qmp.h"
#include "machine/watch.h"
#include "platform/child_program.h"
#include "platform/pause.h"

namespace disktwin::machine {

// Gone when the object is, with all that it has written but to its disk. Not thread-safe. Members
// throw Error(Failed) with QEMU's own words when it fails or ends, and Error(Cancelled).
class VirtualMachine {
 public:
  using Bytes = ChildProgram::Bytes;

  // Starts it. The description's monitor and, for UEFI, firmwareVariables are filled in here:
  // `variables` are their bytes.
  VirtualMachine(Description machine, const Bytes& variables);

  // What it shows now.
  Sample look();
  // Waits, and hears what it says meanwhile.
  void wait(std::chrono::milliseconds time);
  void pressPowerButton();
  // Its screen as a PNG.
  Bytes photograph();
  DiskCounters counters() const { return counters_; }

 private:
  static Description filledIn(Description machine);
  nlohmann::json ask(const std::string& command, const nlohmann::json& arguments = {});
  nlohmann::json hear(std::uint64_t id, const std::string& command);
  void note(const nlohmann::json& message);
  void checkIn();
  std::string screenText();
  Bytes dumpScreen(const char* format);
  [[noreturn]] void failEnded();

  Font font_;
  ChildProgram program_;
  QmpReader reader_;
  WorkClock::time_point began_;
  std::uint64_t asked_ = 0;
  std::string console_;
  DiskCounters counters_;
  unsigned resets_ = 0;
  bool switchedOff_ = false;
  double looked_ = 0;         // seconds since it began
  double processorUsed_ = 0;  // then, in seconds
};

}  // namespace disktwin::machine
