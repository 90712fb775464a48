// Whether the log of an XFS volume is clean: nothing in it has to be replayed.
#pragma once

#include "clone/fs/xfs/geometry.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::xfs {

enum class LogState {
  Clean,     // the last thing written is the mark of an unmount
  Pending,   // metadata in their places may be older than what the log holds
  External,  // on another device: not known
};

// Reads some MiB at most, wherever the log's end is found. Everything that is not exactly as a
// clean log has to be counts as pending. Throws only Error(Read).
LogState examineLog(const BlockReader& volume, const Geometry& geometry);

}  // namespace disktwin::fs::xfs
