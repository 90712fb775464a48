// What a logical volume is, and whether its bytes can be looked into where they lie.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "clone/fs/lvm/group.h"

namespace disktwin::fs::lvm {

// A segment of another logical volume mentions it.
struct Use {
  std::size_t by = 0;     // index in Group::logical
  std::string_view type;  // of that segment
  std::string_view as;    // "origin", "cow_store"...
};

// "linear", "striped", "snapshot", "thin pool"...
std::string kindOf(const LogicalVolume& volume, const std::vector<Use>& uses);

// Why a map of what is inside would not be all that is needed of it, as a clause; empty when it
// would be.
std::string whyOpaque(const Group& group, const LogicalVolume& volume,
                      const std::vector<Use>& uses);

// Whether users see it, rather than only LVM.
bool isSeen(const LogicalVolume& volume, const std::vector<Use>& uses);

}  // namespace disktwin::fs::lvm
