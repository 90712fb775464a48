#include "machine/description.h"

#include <fmt/format.h>

namespace disktwin::machine {
namespace {

// In QEMU's lists of options, a comma inside of a value stands twice.
std::string escaped(const std::string& value) {
  std::string out;
  for (const char c : value) out += c == ',' ? std::string(",,") : std::string(1, c);
  return out;
}

// When every instruction is translated: clearing memory by "rep stosb" is a byte at a time, and
// five levels of page tables are one more to walk.
std::string processor(Acceleration acceleration) {
  return acceleration == Acceleration::Kvm ? "host" : "max,erms=off,fsrm=off,la57=off";
}

std::string diskDevice(const Description& machine) {
  const std::string sectors =
      fmt::format("logical_block_size={0},physical_block_size={1}", machine.sectorSize,
                  machine.sectorSize == 512 ? 512 : 4096);
  switch (machine.bus) {
    case Bus::Nvme:
      return fmt::format("nvme,drive={},serial=DISK,bootindex=0,{}", kDrive, sectors);
    case Bus::Virtio:
      return fmt::format("virtio-blk-pci,drive={},bootindex=0,{}", kDrive, sectors);
    case Bus::Sata:
      break;
  }
  return fmt::format("ide-hd,drive={},bus=ide.0,bootindex=0", kDrive);
}

void addFirmware(const Description& machine, std::vector<std::string>& words) {
  if (machine.firmware != Firmware::Uefi) return;
  words.insert(words.end(), {"-drive",
                             fmt::format("if=pflash,unit=0,format=raw,readonly=on,file={}",
                                         escaped(machine.firmwareCode)),
                             "-drive",
                             fmt::format("if=pflash,unit=1,format=raw,file={}",
                                         escaped(machine.firmwareVariables))});
}

}  // namespace

const char* nameOf(Firmware firmware) {
  return firmware == Firmware::Uefi ? "uefi" : "bios";
}

const char* nameOf(Acceleration acceleration) {
  return acceleration == Acceleration::Kvm ? "kvm" : "tcg";
}

const char* nameOf(Bus bus) {
  switch (bus) {
    case Bus::Nvme:
      return "nvme";
    case Bus::Virtio:
      return "virtio";
    case Bus::Sata:
      break;
  }
  return "sata";
}

std::vector<std::string> commandLine(const Description& machine) {
  std::vector<std::string> words{
      kQemu, "-no-user-config", "-nodefaults", "-sandbox",
      "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny", "-name",
      "disktwin", "-machine", "q35", "-accel",
      machine.acceleration == Acceleration::Kvm ? "kvm" : "tcg,thread=multi", "-cpu",
      processor(machine.acceleration), "-smp", fmt::format("{}", machine.processors), "-m",
      fmt::format("{}M", machine.memory >> 20), "-no-shutdown", "-boot", "strict=on", "-nic",
      "none", "-display", "none", "-vga", "std", "-device", "virtio-rng-pci", "-chardev",
      "stdio,id=console,signal=off", "-serial", "chardev:console", "-chardev",
      fmt::format("socket,id=monitor,fd={}", machine.monitor), "-mon",
      "chardev=monitor,mode=control",
      // What is written is thrown away: nothing has to reach a medium.
      "-drive",
      fmt::format("if=none,id={},format=raw,cache=unsafe,discard=ignore,detect-zeroes=off,file={}",
                  kDrive, escaped(machine.disk)),
      "-device", diskDevice(machine)};
  addFirmware(machine, words);
  return words;
}

}  // namespace disktwin::machine
