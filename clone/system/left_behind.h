// What the fstab of a copied system has to say of volumes that are left behind.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clone/plan/file_edit.h"
#include "clone/plan/survey.h"
#include "clone/system/mount_tables.h"

namespace disktwin::system {

// The same fstab, in which lines of which `isAbsent` are nofail, with a short patience: without it
// systemd waits for 90 seconds and then starts nothing more. Lines that say nofail or noauto, and
// everything else, stay as they are, byte for byte. Pure.
std::string tolerating(std::string_view fstab,
                       const std::function<bool(const MountLine&)>& isAbsent);

struct Absent {
  std::uint32_t partition = 0;  // the system's root, whose fstab it is
  std::vector<std::string> points;
  plan::FileEdit edit;  // without a path when nothing has to be changed
  std::string whyNot;   // why it cannot be changed in the copy, as a clause; empty when it can
};

// For a system of which the partitions `taken` are copied. Reads its fstab by a helper process.
// Throws only Error(Cancelled).
Absent absentOf(const plan::Survey& survey, const plan::System& system,
                const std::set<std::uint32_t>& taken);

}  // namespace disktwin::system
