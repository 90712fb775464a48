#include "clone/fs/btrfs/roots.h"

#include <fmt/format.h>

#include "clone/fs/btrfs/unproven.h"

namespace disktwin::fs::btrfs {
namespace {

// Subvolumes and snapshots; bounds memory.
constexpr std::size_t kMostTrees = 1U << 20;

NodeRef required(const std::optional<NodeRef>& tree, const char* name) {
  if (!tree) throw Unproven{fmt::format("there is no {} tree", name)};
  return *tree;
}

}  // namespace

NodeRef rootTree(const Super& super) {
  return {super.root, super.generation, kRootTree, super.rootLevel};
}

NodeRef treeOf(const Key& key, std::span<const std::byte> item) {
  if (item.size() < sizeof(RootItem)) {
    throw Unproven{fmt::format("the root item of tree {} is cut short", key.object)};
  }
  const auto root = structAt<RootItem>(item, 0);
  if (root.level >= kMostLevels) {
    throw Unproven{fmt::format("tree {} has too many levels", key.object)};
  }
  return {root.bytenr, root.generation, key.object, root.level};
}

Roots readRoots(TreeReader& trees, const Super& super) {
  std::optional<NodeRef> extents;
  std::optional<NodeRef> devices;
  Roots out;
  trees.walk(rootTree(super), [&](const Key& key, std::span<const std::byte> item) {
    if (key.type != kRootItem) return;
    const NodeRef tree = treeOf(key, item);
    if (out.blocks.size() >= kMostTrees) throw Unproven{"it has too many trees"};
    out.blocks.push_back(tree.logical);
    if (key.offset != 0) return;  // a snapshot; the trees that follow have none
    if (key.object == kExtentTree) extents = tree;
    if (key.object == kDeviceTree) devices = tree;
    if (key.object == kGroupTree) out.groups = tree;
  });
  out.extents = required(extents, "extent");
  out.devices = required(devices, "device");
  if ((super.compatRo & kBlockGroupTree) == 0) {
    out.groups.reset();
  } else {
    out.groups = required(out.groups, "block group");
  }
  return out;
}

}  // namespace disktwin::fs::btrfs
