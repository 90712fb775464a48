// The segment table: which blocks of the main area are in use.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "clone/fs/f2fs/checkpoint.h"
#include "clone/fs/f2fs/super.h"
#include "clone/fs/f2fs/tables.h"
#include "clone/io/block_reader.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::f2fs {

using ValidMap = std::array<std::uint8_t, sizeof(SitEntry::valid)>;

// The segments of nodes and their maps, to ask afterwards whether a node lies where it is said to.
class NodeSegments {
 public:
  // Ascending. What is beyond the bound of memory is forgotten.
  void add(std::uint32_t segment, const ValidMap& map);
  // True when the block is in use and of a node; and also when that was forgotten.
  bool mayHold(const Geometry& geometry, std::uint32_t block) const;
  // Calls with each run of blocks that are in use. Throws Unproven when a segment was forgotten.
  using Call = std::function<void(std::uint32_t segment, std::uint32_t first, std::uint32_t count)>;
  void forEachRun(const Call& call) const;

 private:
  struct One {
    std::uint32_t segment;
    ValidMap map;
  };
  std::vector<One> known_;
  std::uint32_t firstForgotten_ = 0xFFFFFFFF;
};

struct Segments {
  std::uint64_t valid = 0;  // blocks
  std::uint64_t validNodes = 0;
  std::uint64_t free = 0;  // segments that nobody uses
  NodeSegments nodes;
};

// Adds what is in use to `used` (bytes), and the segments that are being written whole. Throws
// Unproven when an entry contradicts itself or the checkpoint.
Segments readSegments(const BlockReader& volume, const Geometry& geometry, const Pack& pack,
                      const Journals& journals, const std::vector<Log>& logs, ExtentBuilder& used);

}  // namespace disktwin::fs::f2fs
