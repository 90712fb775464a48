// The root tree, which names all others.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "clone/fs/btrfs/tree.h"

namespace disktwin::fs::btrfs {

NodeRef rootTree(const Super& super);

// The tree that an item of the root tree describes. Throws Unproven when it makes no sense.
NodeRef treeOf(const Key& key, std::span<const std::byte> item);

struct Roots {
  NodeRef extents;
  NodeRef devices;
  std::optional<NodeRef> groups;      // with block_group_tree
  std::vector<std::uint64_t> blocks;  // the root block of every tree, logical
};

// Throws Unproven when one of the trees that every filesystem has is missing.
Roots readRoots(TreeReader& trees, const Super& super);

}  // namespace disktwin::fs::btrfs
