// A volume together with the filesystem's idea of it: reading by block number, always checked.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <vector>

#include "clone/fs/ext/geometry.h"
#include "clone/fs/ext/unproven.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::ext {

// Precondition of the whole: geometry.bytes() <= reader.size().
struct Volume {
  const BlockReader& reader;
  const Geometry& geometry;

  // Throws Unproven naming `what` when the run is not inside the filesystem.
  void check(Blocks run, const char* what) const {
    if (run.first >= geometry.blocks || run.count > geometry.blocks - run.first) {
      throw Unproven{fmt::format("{} would lie in block {}, but the filesystem has {} blocks", what,
                                 run.first, geometry.blocks)};
    }
  }
  void read(Blocks run, std::span<std::byte> out, const char* what) const {
    check(run, what);
    reader.read(run.first * geometry.blockSize, out);
  }
  std::vector<std::byte> read(Blocks run, const char* what) const {
    check(run, what);
    return readBytes(reader, run.first * geometry.blockSize, run.count * geometry.blockSize);
  }
};

}  // namespace disktwin::fs::ext
