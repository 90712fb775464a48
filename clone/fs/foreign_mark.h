// Marks of formats that leave the superblocks of others alone: an old superblock outlives what was
// put over it, and only such a mark tells that it is not the volume's present content.
#pragma once

#include <string>
#include <string_view>

#include "clone/io/block_reader.h"

namespace disktwin::fs {

// The name of a format other than `type` (as VolumeInfo::type has it) that left its mark on the
// volume; empty when there is none. Throws only Error(Read).
std::string foreignMark(const BlockReader& volume, std::string_view type);

}  // namespace disktwin::fs
