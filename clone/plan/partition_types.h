// What the type codes of partitions mean.
#pragma once

#include <string>

#include "clone/table/layout.h"

namespace disktwin::plan {

// What a partition is for. The names are part of the JSON protocol.
// Unknown: it cannot be looked into, so nobody can tell; whatever has to be whole has to have it.
enum class Role { EfiSystem, Boot, Os, Recovery, Swap, Reserved, Data, Unknown };

// "EFI system", "boot", "OS", "recovery", "swap", "reserved", "data", "unknown"
const char* roleName(Role role);
// The reverse; Data for anything else.
Role roleNamed(const std::string& name);

struct PartitionType {
  std::string name;  // "EFI system", "Linux filesystem", or the code itself when it is not known
  Role role = Role::Data;
  // No file system is to be expected there: a boot loader's bytes or nothing at all.
  bool opaque = false;
};

// Sources: the UEFI specification, the Discoverable Partitions Specification (UAPI group) and
// Microsoft's documentation for GUIDs; common usage, as libfdisk names it, for the MBR's bytes.
PartitionType partitionType(table::TableKind kind, const table::Partition& partition);

}  // namespace disktwin::plan
