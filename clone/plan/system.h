// An operating system on a disk, and which partitions belong to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/plan/partition_types.h"

namespace disktwin::plan {

enum class SystemKind { Linux, Windows };
// "linux", "windows": part of the JSON protocol.
const char* systemKindName(SystemKind kind);

// A partition without which the system is not whole.
struct SystemPartition {
  std::uint32_t partition = 0;
  Role role = Role::Os;  // for this system
  std::string why;       // "mounted at /boot (its fstab)", clauses parted by "; "
};

// A plain value.
struct System {
  unsigned number = 0;  // from 1
  SystemKind kind = SystemKind::Linux;
  std::string name;        // "Debian GNU/Linux 12 (bookworm)", "Windows 10 Pro 22H2 (build 19045)"
  std::string version;     // "12", "10.0.19045"; may be empty
  std::uint32_t root = 0;  // the partition that its root lies on
  std::string where;       // "partition 2", "partition 3, logical volume group/root"
  bool isInside = false;   // in a volume inside of the partition (LVM, LUKS)
  // Where its root lies in that volume: "" for the volume's own, of Btrfs "@rootfs"; nullopt: not
  // known.
  std::optional<std::string> folder = "";
  std::vector<SystemPartition> partitions;  // ascending; the root's is one of them

  bool needs(std::uint32_t partition) const {
    for (const SystemPartition& own : partitions) {
      if (own.partition == partition) return true;
    }
    return false;
  }
};

}  // namespace disktwin::plan
