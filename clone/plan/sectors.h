// Whether what is on a disk is of use on one with sectors of another size.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "clone/plan/survey.h"

namespace disktwin::plan {

// Why a copy of the volume by blocks would not work on a disk with logical sectors of `size` bytes,
// as a clause ("its blocks have 1024 bytes"); empty when it does: filesystems that count in blocks
// of their own which are not smaller than a sector, and swap space.
std::string whyNotWithSectors(const Volume& volume, std::uint32_t size);

// Throws Error(Refused), naming every volume of `numbers` (empty: all) that would be of no use
// there, and why. `subject` is the target's path.
void checkSectors(const Survey& source, const std::set<std::uint32_t>& numbers, std::uint32_t size,
                  const std::string& subject);

}  // namespace disktwin::plan
