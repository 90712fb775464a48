// A metadata area: a header and a ring in which each new text is written behind the last one.
#pragma once

#include <cstdint>
#include <string>

#include "clone/io/block_reader.h"

namespace disktwin::fs::lvm {

struct MetadataArea {
  Extent extent;           // as its own header has it, inside the volume
  bool isIgnored = false;  // LVM keeps nothing current in it
  std::string text;        // what is in force; empty when there is none yet
};

// `area` lies inside the volume. Throws Unproven when the area cannot be trusted, Error(Read).
MetadataArea readMetadataArea(const BlockReader& volume, Extent area);

}  // namespace disktwin::fs::lvm
