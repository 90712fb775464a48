// The label of a physical volume and the header in it: who it is, and where its areas lie.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/io/block_reader.h"

namespace disktwin::fs::lvm {

struct Label {
  std::string uuid;              // with dashes, as in the text metadata and in /dev/disk/by-uuid
  std::uint64_t deviceSize = 0;  // bytes that the volume was made with
  // Bytes, inside the volume. A data area has no length of its own.
  std::uint64_t dataStart = 0;
  std::vector<Extent> metadataAreas;
  std::vector<Extent> bootAreas;
  bool belongsToGroup = false;  // says the header; older ones do not say
  bool knowsBelonging = false;  // whether this one does
  // Why nothing of the above can be relied upon, as a clause; empty when all is well.
  std::string problem;
};

// nullopt when there is no label of LVM2. Throws only Error(Read).
std::optional<Label> readLabel(const BlockReader& volume);

}  // namespace disktwin::fs::lvm
