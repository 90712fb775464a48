// What the fstab and crypttab of a copied system have to say of volumes that are left behind.
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

// The same for a crypttab: what is locked there need not be opened.
std::string toleratingLocked(std::string_view crypttab,
                             const std::function<bool(const CryptLine&)>& isAbsent);

struct Absent {
  std::uint32_t partition = 0;        // the system's root, whose tables they are
  std::vector<std::string> points;    // where they are mounted, names of what is unlocked
  std::vector<plan::FileEdit> edits;  // none when nothing has to be changed
  std::string whyNot;  // why that cannot be done in the copy, as a clause; empty when it can
};

// For a system of which the partitions `taken` are copied. Reads its tables by a helper process.
// Throws only Error(Cancelled).
Absent absentOf(const plan::Survey& survey, const plan::System& system,
                const std::set<std::uint32_t>& taken);

}  // namespace disktwin::system
