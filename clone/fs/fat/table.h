// The file allocation tables: which clusters are taken.
#pragma once

#include <cstdint>
#include <functional>

#include "clone/fs/fat/boot_sector.h"

namespace disktwin::fs::fat {

struct TableCount {
  std::uint32_t used = 0;  // clusters whose entry is not zero, bad ones included
  std::uint32_t bad = 0;
  bool copiesDiffer = false;
};

// Calls `taken` for every run of clusters that any copy of the table has an entry for, in ascending
// order. The geometry must have no problem.
TableCount scanTables(const BlockReader& volume, const Geometry& geometry,
                      const std::function<void(std::uint32_t first, std::uint32_t count)>& taken);

// One entry of the active table; `number` may be 0, 1 or a cluster.
std::uint32_t readEntry(const BlockReader& volume, const Geometry& geometry, std::uint32_t number);

}  // namespace disktwin::fs::fat
