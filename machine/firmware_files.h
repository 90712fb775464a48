// The UEFI firmware for virtual machines (OVMF), where it is installed.
#pragma once

#include <string>

namespace disktwin::machine {

struct FirmwareFiles {
  std::string code;
  std::string variables;  // as a machine has them that was never started
};

// Without Secure Boot. Throws Error(Failed) that names the package when there is none.
FirmwareFiles findUefi();

}  // namespace disktwin::machine
