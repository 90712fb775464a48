// Finds every cluster that the directory tree of an exFAT volume refers to.
//
// On a volume that was not unmounted, an entry may have reached the medium before the bits of its
// clusters in the allocation bitmap did. What a driver could reach by name is then the union of
// both.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "clone/fs/exfat/boot_region.h"

namespace disktwin::fs::exfat {

// Calls `taken` for every run of clusters, in no order, possibly more than once. Returns why the
// walk had to be given up, as UsedMap::whyWhole has it; empty when it is complete. The geometry
// must have no problem. Entries are taken as they are found, be their checksums right or not, so
// that the result holds too much rather than too little.
std::string walkDirectories(const BlockReader& volume, const Geometry& geometry,
                            const std::function<void(std::uint32_t, std::uint32_t)>& taken);

}  // namespace disktwin::fs::exfat
