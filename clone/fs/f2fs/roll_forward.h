// Files that were flushed (fsync) after the last checkpoint: the next mount finds them by following
// the log of nodes, into segments that the checkpoint calls free.
#pragma once

#include <vector>

#include "clone/fs/f2fs/checkpoint.h"
#include "clone/fs/f2fs/super.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::f2fs {

// True when the next mount would find at least one node behind the checkpoint. A checkpoint that
// calls itself unmounted says nothing about that: it stays until the first one after a mount.
bool rollsForward(const BlockReader& volume, const Geometry& geometry, const Pack& pack,
                  const std::vector<Log>& logs);

}  // namespace disktwin::fs::f2fs
