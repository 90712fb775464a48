// The words that QEMU is started with.
#include "machine/description.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace disktwin::machine;

namespace {

std::string joined(const Description& machine) {
  std::string out;
  for (const std::string& word : commandLine(machine)) out += word + "\n";
  return out;
}

Description usual() {
  Description machine;
  machine.memory = 3ULL << 30;
  machine.disk = "/tmp/a,b/volume";
  machine.monitor = 3;
  return machine;
}

}  // namespace

TEST_CASE("a machine has its disk, no network, no window and no way to start programs") {
  const std::string words = joined(usual());
  CHECK_THAT(words, ContainsSubstring("-nic\nnone\n"));
  CHECK_THAT(words, ContainsSubstring("-display\nnone\n"));
  CHECK_THAT(words, ContainsSubstring("-nodefaults\n"));
  CHECK_THAT(words, ContainsSubstring("spawn=deny"));
  CHECK_THAT(words, ContainsSubstring("-m\n3072M\n"));
  CHECK_THAT(words, ContainsSubstring("file=/tmp/a,,b/volume\n"));
  CHECK_THAT(words, ContainsSubstring("socket,id=monitor,fd=3\n"));
  CHECK_THAT(words, ContainsSubstring("ide-hd,drive=disk,bus=ide.0"));
  CHECK_THAT(words, ContainsSubstring("-accel\ntcg,thread=multi\n"));
  CHECK_THAT(words, !ContainsSubstring("pflash"));
}

TEST_CASE("UEFI is two flash memories, of which the code cannot be written") {
  Description machine = usual();
  machine.firmware = Firmware::Uefi;
  machine.firmwareCode = "/code";
  machine.firmwareVariables = "/dev/fd/5";
  const std::string words = joined(machine);
  CHECK_THAT(words, ContainsSubstring("unit=0,format=raw,readonly=on,file=/code\n"));
  CHECK_THAT(words, ContainsSubstring("unit=1,format=raw,file=/dev/fd/5\n"));
}

TEST_CASE("sectors are those of the disk") {
  Description machine = usual();
  machine.sectorSize = 4096;
  machine.bus = Bus::Nvme;
  CHECK_THAT(joined(machine),
             ContainsSubstring("nvme,drive=disk") &&
                 ContainsSubstring("logical_block_size=4096,physical_block_size=4096"));
  machine.bus = Bus::Virtio;
  machine.sectorSize = 512;
  machine.acceleration = Acceleration::Kvm;
  CHECK_THAT(joined(machine), ContainsSubstring("virtio-blk-pci,drive=disk") &&
                                  ContainsSubstring("logical_block_size=512") &&
                                  ContainsSubstring("-accel\nkvm\n") &&
                                  ContainsSubstring("-cpu\nhost\n"));
}
