// What a system says it mounts and unlocks: its fstab and crypttab.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clone/plan/partition_types.h"

namespace disktwin::system {

struct MountLine {
  std::string source;  // "UUID=...", "/dev/mapper/group-root"
  std::string point;   // without a '/' at the end, but for "/" itself; "none" and the like for swap
  std::string type;    // "ext4", "swap", "auto"
  std::string options;
  // Whether nothing waits for it: nofail, noauto.
  bool isOptional() const;
};
// Whether one of the words that commas part is `wanted`.
bool saysOption(std::string_view options, std::string_view wanted);
std::vector<MountLine> parseFstab(std::string_view text);

struct CryptLine {
  std::string name;    // of the mapping below /dev/mapper
  std::string source;  // as in fstab
};
std::vector<CryptLine> parseCrypttab(std::string_view text);

// What a volume is for that is mounted there: Boot, EfiSystem, Os, Swap, or Data for what is the
// users' (/home, /srv, and any other place that is not the system's own).
plan::Role roleOf(const MountLine& line);

}  // namespace disktwin::system
