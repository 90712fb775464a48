// What of a volume group lies on one physical volume, and where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clone/fs/lvm/group.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::lvm {

// A run of a logical volume in stripes side by side: the first `stripe` bytes of it in the first
// column, the next ones in the second, and so on. A linear run has a single column.
struct Run {
  Extent inside;                       // bytes of the logical volume
  std::uint64_t stripe = 0;            // bytes; a whole fraction of a column
  std::vector<std::uint64_t> columns;  // where each begins, bytes of the physical volume
};

struct Placed {
  std::string name;
  std::string kind;          // as in InnerVolume
  std::uint64_t size = 0;    // bytes
  bool isListed = false;     // users see it, and some of it is here
  std::vector<Extent> here;  // what belongs to it on this physical volume; disjoint from others'
  // Why it cannot be looked into, as a clause; empty when `runs` hold all of it.
  std::string whyWhole;
  std::vector<Run> runs;
};

struct Layout {
  std::string group;
  std::uint64_t sequence = 0;
  std::uint64_t extentBytes = 0;
  Extent data;                          // all extents, bytes of the volume
  std::uint64_t deviceSize = 0;         // bytes; 0 when not said
  std::vector<std::string> otherUuids;  // of the group's other physical volumes
  std::vector<std::string> notes;
  std::vector<Placed> volumes;
};

// Throws Unproven when the group does not fit what it is said to lie on.
Layout place(const Group& group, std::string_view uuid, const BlockReader& volume);

}  // namespace disktwin::fs::lvm
