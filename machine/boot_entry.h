// An entry in the memory of a UEFI firmware that says which loader to start.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "clone/table/layout.h"

namespace disktwin::machine {

// Where a loader lies, as the firmware wants to hear it (UEFI 2.10, 10.3.5).
struct BootEntry {
  std::uint32_t partition = 0;
  std::uint64_t firstLba = 0;
  std::uint64_t lbaCount = 0;
  std::array<std::byte, 16> signature{};  // GUID of the partition, or the disk signature of an MBR
  bool gpt = true;
  std::string path;  // ASCII, "EFI/debian/shimx64.efi"
};

BootEntry entryFor(const table::Layout& layout, const table::Partition& partition,
                   const std::string& path);

// Adds it as Boot0000, and a BootOrder of it alone, behind the variables that are there. `store`:
// OVMF's file of variables. Throws Error(Invalid) when that is not what it should be, or is full.
void addBootEntry(std::vector<std::byte>& store, const BootEntry& entry);

}  // namespace disktwin::machine
