// All that a physical volume says of itself and of its group.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clone/fs/lvm/label.h"
#include "clone/fs/lvm/layout.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::lvm {

struct Contents {
  std::vector<Extent> areas;     // what LVM itself keeps outside of extents
  std::optional<Layout> layout;  // nothing when it belongs to no group, or when there is a problem
  std::vector<std::string> notes;
  // Why it is not known which bytes matter, as a clause; empty when it is.
  std::string problem;
};

// Throws only Error(Read).
Contents readContents(const BlockReader& volume, const Label& label);

}  // namespace disktwin::fs::lvm
