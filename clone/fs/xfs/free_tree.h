// The two B+trees in which an allocation group keeps its free space, one sorted by place ("bnobt"),
// one by size ("cntbt"). They hold the same records.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "clone/fs/xfs/geometry.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::xfs {

// What can be said of a tree's records without keeping them: equal for two trees that hold the
// same, in whatever order.
struct Totals {
  std::uint64_t records = 0;
  std::uint64_t blocks = 0;
  std::uint64_t mix = 0;

  void add(const Run& run);
  friend bool operator==(const Totals&, const Totals&) = default;
};

// Members throw Unproven when the tree is damaged, and Error(Read). Memory is some bytes for each
// block of the tree.
class FreeTree {
 public:
  enum class Order { Place, Size };

  // Reads all of the tree but its leaves.
  FreeTree(const BlockReader& volume, const Geometry& geometry, std::uint32_t group, Order order,
           std::uint32_t root, std::uint32_t levels);

  // Every block of the tree, ascending.
  std::vector<std::uint32_t> blocks() const;

  // Reads the leaves. `leaf` is called for the records of each of them, in no order of the leaves,
  // but with the records inside one in theirs; `between` then for each two neighbours that are in
  // different leaves, and with count 0 where there is no neighbour.
  Totals readLeaves(const std::function<void(std::span<const Run>)>& leaf,
                    const std::function<void(const Run&, const Run&)>& between) const;

 private:
  struct Node {
    std::uint32_t block;
    Run key;  // the first record in or below it
  };

  void readLevel(std::uint32_t level, const std::vector<Node>& nodes,
                 const std::function<void(std::size_t, std::span<const std::byte>, std::uint32_t)>&
                     take) const;
  std::uint32_t check(std::uint32_t level, const std::vector<Node>& nodes, std::size_t index,
                      std::span<const std::byte> block) const;
  std::vector<Node> childrenOf(std::span<const std::byte> block, std::uint32_t count) const;
  void descend(std::uint32_t level);
  void checkOrder(const Run& first, const Run& second) const;
  bool sameKey(const Run& key, const Run& first) const;
  std::uint32_t headerSize() const;
  std::uint32_t magic() const;
  [[noreturn]] void damaged(const std::string& what) const;

  const BlockReader& volume_;
  const Geometry& geometry_;
  std::uint32_t group_;
  std::uint32_t length_;
  Order order_;
  std::vector<std::uint32_t> inner_;  // blocks above the leaves
  std::vector<Node> leaves_;
  bool rootIsLeaf_ = false;
};

}  // namespace disktwin::fs::xfs
