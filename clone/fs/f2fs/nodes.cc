#include "clone/fs/f2fs/nodes.h"

#include <fmt/format.h>

#include "clone/fs/f2fs/unproven.h"

namespace disktwin::fs::f2fs {
namespace {

class NodeChecker {
 public:
  NodeChecker(const Super& super, const Geometry& g, const Segments& segments)
      : super_(super), g_(g), segments_(segments) {}

  void check(std::uint32_t node, std::uint32_t block) {
    // These two stand for the tables themselves and have no block.
    if (node == super_.nodeInode || node == super_.metaInode) return;
    if (block == kNoBlock) return;
    if (!segments_.nodes.mayHold(g_, block)) {
      throw Unproven{
          fmt::format("node {} would lie in block {}, which the segment table does not"
                      " call a node in use; fsck.f2fs repairs it",
                      node, block)};
    }
    ++found_;
    if (node == super_.rootInode) rootFound_ = true;
  }

  std::uint64_t found() const { return found_; }
  bool rootFound() const { return rootFound_; }

 private:
  const Super& super_;
  const Geometry& g_;
  const Segments& segments_;
  std::uint64_t found_ = 0;
  bool rootFound_ = false;
};

}  // namespace

void checkNodes(const BlockReader& volume, const Super& super, const Geometry& g, const Pack& pack,
                const Journals& journals, const Segments& segments) {
  NodeChecker checker(super, g, segments);
  auto younger = journals.nodes.begin();
  forEachNatBlock(volume, g, pack, [&](std::uint32_t index, auto block) {
    const std::uint32_t first = index * kNatEntriesPerBlock;
    for (std::uint32_t i = 0; i < kNatEntriesPerBlock; ++i) {
      if (younger != journals.nodes.end() && younger->first == first + i) {
        checker.check(first + i, younger->second.block);
        ++younger;
      } else {
        checker.check(first + i, structAt<NatEntry>(block, i * sizeof(NatEntry)).block);
      }
    }
    // Numbers are given out from below, and a table may be made for many millions of them.
    return checker.found() < pack.head.validNodes || younger != journals.nodes.end();
  });
  if (checker.found() != pack.head.validNodes) {
    throw Unproven{
        fmt::format("the node table has {} nodes, the checkpoint counts {};"
                    " fsck.f2fs repairs it",
                    checker.found(), pack.head.validNodes.value())};
  }
  if (!checker.rootFound()) throw Unproven{"the node table has lost the root directory"};
}

}  // namespace disktwin::fs::f2fs
