// What a careful user wants to hear of a volume group.
#pragma once

#include <string>
#include <vector>

#include "clone/fs/lvm/group.h"

namespace disktwin::fs::lvm {

// A sentence each. `self` is the one of the group's volumes that is looked at.
std::vector<std::string> notesOf(const Group& group, const PhysicalVolume& self);

}  // namespace disktwin::fs::lvm
