// What on a disk can start a machine, and which firmware it takes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clone/plan/survey.h"
#include "machine/description.h"

namespace disktwin::machine {

struct EfiLoader {
  std::uint32_t partition = 0;
  std::string path;  // "EFI/BOOT/BOOTX64.EFI"
};

struct Loaders {
  // For x86-64: what every firmware starts, and what only an entry in the firmware's memory names.
  std::vector<EfiLoader> fallback;
  std::vector<EfiLoader> named;
  std::vector<EfiLoader> foreign;  // BOOT/*.EFI of other processors
  std::uint32_t efiPartition = 0;  // an EFI system partition, whatever is in it; 0: none
  bool bootCode = false;           // sector 0 has code
};

// Reads a few files of FAT volumes, by helper processes: see system::findSystems(). Volumes that
// cannot be read have none. Throws Error(Cancelled) and Error(Read) of sector 0.
Loaders findLoaders(const plan::Survey& survey);

struct FirmwareChoice {
  Firmware firmware = Firmware::Bios;
  std::string because;  // a clause
};

// Throws Error(Refused), with `subject`, for a disk that only starts machines of another kind.
FirmwareChoice chooseFirmware(const Loaders& loaders, const std::string& subject);

}  // namespace disktwin::machine
