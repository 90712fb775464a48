#include "machine/acceleration.h"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "platform/cancellation.h"
#include "platform/child_program.h"
#include "platform/error.h"
#include "platform/pause.h"

namespace disktwin::machine {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5s;

// A machine with nothing but its BIOS, which tells on a debug port what it does.
bool kvmRuns() {
  ChildProgram program(
      {kQemu, "-no-user-config", "-nodefaults", "-machine", "q35", "-accel", "kvm", "-cpu", "host",
       "-m", "64M", "-display", "none", "-nic", "none", "-chardev", "stdio,id=debug,signal=off",
       "-device", "isa-debugcon,iobase=0x402,chardev=debug"},
      {});
  std::string said;
  const auto end = WorkClock::now() + kPatience;
  while (WorkClock::now() < end) {
    program.listen(100ms);
    Cancellation::check();
    said += program.takeOutput();
    if (said.find("SeaBIOS") != said.npos) return true;
    if (program.hasEnded()) return false;
  }
  return false;
}

}  // namespace

AccelerationChoice findAcceleration() {
  std::error_code ignored;
  if (!std::filesystem::exists("/dev/kvm", ignored)) {
    return {Acceleration::Tcg, "there is no /dev/kvm"};
  }
  try {
    if (kvmRuns()) return {Acceleration::Kvm, "KVM works"};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
  }
  return {Acceleration::Tcg, "a trial with KVM did not run"};
}

}  // namespace disktwin::machine
