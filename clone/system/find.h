// Which operating systems are on a disk, and what each partition is for: by evidence, not by
// position.
#pragma once

#include "clone/plan/survey.h"

namespace disktwin::system {

// Reads a few files of every volume, by helper processes; no other thread may run meanwhile that
// holds locks. Does nothing when that has been done. Fills `survey.systems`, and gives every volume
// its role and all reasons for it. Call it after addUsage(). What is in doubt belongs to a system
// rather than not, and a volume that cannot be looked into has the role Unknown. Throws only
// Error(Cancelled) and Error(Read) of the table.
void findSystems(plan::Survey& survey);

}  // namespace disktwin::system
