#include "machine/firmware_files.h"

#include <filesystem>
#include <system_error>

#include "platform/error.h"

namespace disktwin::machine {

FirmwareFiles findUefi() {
  const FirmwareFiles known[] = {
      {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},  // Debian, Ubuntu
      {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
      {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},        // Fedora
      {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"},    // Arch
      {"/usr/share/qemu/ovmf-x86_64-code.bin", "/usr/share/qemu/ovmf-x86_64-vars.bin"},  // openSUSE
  };
  for (const FirmwareFiles& files : known) {
    std::error_code ignored;
    if (std::filesystem::exists(files.code, ignored) &&
        std::filesystem::exists(files.variables, ignored)) {
      return files;
    }
  }
  throw Error(ErrorKind::Failed, "UEFI firmware", "OVMF is not installed",
              "install the package ovmf");
}

}  // namespace disktwin::machine
