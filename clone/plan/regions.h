// From a volume to what is copied of it.
#pragma once

#include <string>
#include <vector>

#include "clone/plan/plan.h"

namespace disktwin::plan {

// The place at both ends of a volume where formats put their marks; treated as one wherever marks
// are wiped or written last. Covers boot sectors and superblocks at the start, RAID and ZFS labels,
// backup GPTs and NTFS's backup boot sector at the end.
inline constexpr std::uint64_t kEdge = MiB;

// "partition 2 (ext4 "root")"
std::string volumeName(const Volume& volume);

// Why all of a volume is copied, as a clause; empty when only what is in use is. Reads its
// allocation map.
std::string whyWhole(const Volume& volume);

// What is copied of a volume, at offsets of the source disk, with its place on the target still to
// be set. Reads its allocation map. Adds to `warnings` what the user should hear.
// The place behind the filesystem is part of it only if the target has room for it (`room`, bytes
// from the volume's start).
Region regionOf(const Volume& volume, const Request& request, std::uint64_t room,
                std::vector<std::string>& warnings);

// Where a volume of `size` bytes may bear marks of a format, old or new.
ExtentSet signatureAreas(const Volume& volume, std::uint64_t size);

}  // namespace disktwin::plan
