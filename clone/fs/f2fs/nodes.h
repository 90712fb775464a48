// The node table: does every node lie where the segment table says that there is one?
#pragma once

#include "clone/fs/f2fs/checkpoint.h"
#include "clone/fs/f2fs/segments.h"
#include "clone/fs/f2fs/super.h"
#include "clone/fs/f2fs/tables.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::f2fs {

// Throws Unproven when the two tables or the checkpoint contradict one another.
void checkNodes(const BlockReader& volume, const Super& super, const Geometry& geometry,
                const Pack& pack, const Journals& journals, const Segments& segments);

}  // namespace disktwin::fs::f2fs
