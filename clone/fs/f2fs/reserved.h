// Blocks that files have reserved and that have no place yet: the checkpoint counts them, the
// segment table cannot know them.
#pragma once

#include <cstdint>

#include "clone/fs/f2fs/segments.h"
#include "clone/fs/f2fs/super.h"
#include "clone/io/block_reader.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::f2fs {

// Reads every node, so it is only asked when the counts do not agree otherwise. Throws Unproven
// when `missing` blocks cannot be explained by what files have reserved, or when a file refers to a
// block that is not in `used`.
void explainMissing(const BlockReader& volume, const Super& super, const Geometry& geometry,
                    const Segments& segments, const ExtentSet& used, std::uint64_t missing);

}  // namespace disktwin::fs::f2fs
