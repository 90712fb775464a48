// Reading trees: every block is proven to be the one that was asked for before it is believed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "clone/fs/btrfs/chunks.h"
#include "clone/fs/btrfs/ondisk.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::btrfs {

// A tree block as its parent, or whatever names a tree, knows it.
struct NodeRef {
  std::uint64_t logical = 0;
  std::uint64_t generation = 0;
  std::uint64_t owner = 0;  // which tree
  std::uint8_t level = 0;
  // What the parent knows of its keys. A root may be empty and begin anywhere.
  std::optional<Key> first{};
  Key end = kLastKey;
};

class Node {
 public:
  Node() = default;
  // Throws Unproven unless `bytes` is a whole, undamaged block of the filesystem and the one meant.
  Node(std::vector<std::byte> bytes, const NodeRef& ref, const Super& super);

  std::uint32_t items() const { return items_; }
  std::uint8_t level() const { return ref_.level; }
  Key key(std::uint32_t i) const;
  // The content of an item of a leaf.
  std::span<const std::byte> item(std::uint32_t i) const;
  // A child of an inner node.
  NodeRef child(std::uint32_t i) const;
  // How many keys are below or equal to `key`.
  std::uint32_t countUpTo(const Key& key) const;

 private:
  void requireHeader(const Super& super) const;
  void requireKeys() const;
  void requireItems() const;

  std::vector<std::byte> bytes_;
  NodeRef ref_;
  std::uint32_t items_ = 0;
};

// One reader for all trees of a filesystem. Keys and generations rise and fall in step with levels,
// so no block can be visited twice: time is bounded by the blocks that are really there. Not for
// several threads at once.
class TreeReader {
 public:
  using Visit = std::function<void(const Key&, std::span<const std::byte>)>;

  // All of them must outlive the reader.
  TreeReader(const BlockReader& volume, const Super& super, const ChunkMap& chunks)
      : volume_(volume), super_(super), chunks_(chunks) {}

  // Every item with a key from `from` to `to`, in order. Throws Unproven when a block is damaged or
  // lies on other devices only.
  void walk(const NodeRef& root, const Key& from, const Key& to, const Visit& visit);
  void walk(const NodeRef& root, const Visit& visit) { walk(root, {}, kLastKey, visit); }

  // The item with the greatest key up to `key`.
  std::optional<std::pair<Key, std::vector<std::byte>>> last(const NodeRef& root, const Key& key);

  // The logical addresses of all blocks that were read.
  const std::vector<std::uint64_t>& blocksRead() const { return blocksRead_; }

 private:
  Node read(const NodeRef& ref);
  Node accept(std::vector<std::byte> bytes, const NodeRef& ref);
  void walkNode(const Node& node, const Key& from, const Key& to, const Visit& visit);
  void walkLeaves(const Node& node, std::uint32_t begin, std::uint32_t end, const Key& from,
                  const Key& to, const Visit& visit);
  std::vector<std::vector<std::byte>> readAhead(const std::vector<NodeRef>& refs) const;

  const BlockReader& volume_;
  const Super& super_;
  const ChunkMap& chunks_;
  std::vector<std::uint64_t> blocksRead_;
};

}  // namespace disktwin::fs::btrfs
