// A virtual machine as a plain value, and the words that QEMU is started with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace disktwin::machine {

enum class Firmware { Bios, Uefi };
enum class Acceleration { Tcg, Kvm };
enum class Bus { Sata, Nvme, Virtio };

const char* nameOf(Firmware firmware);          // "bios", "uefi": part of the JSON protocol
const char* nameOf(Acceleration acceleration);  // "tcg", "kvm"
const char* nameOf(Bus bus);                    // "sata", "nvme", "virtio"

struct Description {
  Firmware firmware = Firmware::Bios;
  std::string firmwareCode;       // of UEFI: the file with its code
  std::string firmwareVariables;  // of UEFI: the file with its variables, which it changes
  Acceleration acceleration = Acceleration::Tcg;
  std::uint64_t memory = 0;  // bytes
  std::uint32_t processors = 2;
  std::string disk;  // a raw disk in a file
  Bus bus = Bus::Sata;
  std::uint32_t sectorSize = 512;  // logical; SATA disks of QEMU have no others
  int monitor = -1;                // the descriptor over which QMP is spoken
};

inline constexpr const char* kQemu = "qemu-system-x86_64";
inline constexpr const char* kDrive = "disk";  // what QEMU calls the disk

// The machine has a screen, a serial port that is QEMU's standard output, the disk, and nothing
// else: no network, no window, no sound. It does not end by itself. QEMU may start no programs.
std::vector<std::string> commandLine(const Description& machine);

}  // namespace disktwin::machine
