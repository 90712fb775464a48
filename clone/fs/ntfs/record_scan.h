// All records of the MFT, one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "clone/fs/ntfs/mft.h"

namespace disktwin::fs::ntfs {

// Calls `visit` for those of the first `count` records that are in use; holes of the table are
// zeroes and so unused. Throws Damage at the first record that cannot be read.
void forEachRecordInUse(const Mft& mft, std::uint64_t count,
                        const std::function<void(const Record&)>& visit);

// The clusters that an attribute of `record` names, holes left out. Throws Damage.
std::vector<Run> runsOf(const Record& record, const Attribute& attribute, const Geometry& geometry);

}  // namespace disktwin::fs::ntfs
