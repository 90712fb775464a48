#include "clone/fs/xfs/free_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "clone/fs/xfs/checksum.h"
#include "clone/fs/xfs/ondisk.h"
#include "clone/fs/xfs/unproven.h"

namespace disktwin::fs::xfs {
namespace {

// With blocks of 4 KiB, a group of 1 TiB in which every other block is free needs a quarter of
// that.
constexpr std::size_t kMostNodes = 1U << 20;

// Blocks of a tree often lie near each other: to read what is between them costs less than to seek.
constexpr std::uint64_t kGap = 32 * KiB;
constexpr std::uint64_t kPiece = MiB;

constexpr std::uint32_t kMagicByPlace = 0x41425442;   // "ABTB"
constexpr std::uint32_t kMagicBySize = 0x41425443;    // "ABTC"
constexpr std::uint32_t kMagicByPlace5 = 0x41423342;  // "AB3B"
constexpr std::uint32_t kMagicBySize5 = 0x41423343;   // "AB3C"

Run runAt(std::span<const std::byte> bytes, std::size_t offset) {
  const auto record = structAt<FreeRecord>(bytes, offset);
  return {record.start, record.count};
}

}  // namespace

void Totals::add(const Run& run) {
  ++records;
  blocks += run.count;
  // The finaliser of SplitMix64: a sum of such does not care for the order, and two sets that
  // differ in a record do not come to the same by chance.
  std::uint64_t x = std::uint64_t{run.first} << 32 | run.count;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  mix += x ^ (x >> 31);
}

FreeTree::FreeTree(const BlockReader& volume, const Geometry& geometry, std::uint32_t group,
                   Order order, std::uint32_t root, std::uint32_t levels)
    : volume_(volume),
      geometry_(geometry),
      group_(group),
      length_(geometry.groupLength(group)),
      order_(order) {
  if (levels == 0 || levels > kMaxLevels) damaged(fmt::format("{} levels", levels));
  if (root < geometry.headerBlocks() || root >= length_) {
    damaged(fmt::format("its root would be block {}", root));
  }
  leaves_ = {{root, {}}};
  rootIsLeaf_ = levels == 1;
  for (std::uint32_t level = levels - 1; level > 0; --level) descend(level);
}

// Nodes of one level are linked to each other, ascend, and say their level: so no block can be met
// twice, however the tree is knotted.
void FreeTree::descend(std::uint32_t level) {
  const std::vector<Node> nodes = std::move(leaves_);
  std::vector<std::vector<Node>> below(nodes.size());
  std::size_t total = 0;
  readLevel(level, nodes,
            [&](std::size_t index, std::span<const std::byte> block, std::uint32_t count) {
              below[index] = childrenOf(block, count);
              total += count;
              if (total > kMostNodes) damaged("it has too many blocks");
              if (nodes.size() > 1 && !sameKey(nodes[index].key, below[index].front().key)) {
                damaged(fmt::format("block {} is not what its parent says", nodes[index].block));
              }
            });
  leaves_.clear();
  leaves_.reserve(total);
  for (const auto& children : below)
    leaves_.insert(leaves_.end(), children.begin(), children.end());
  for (std::size_t i = 1; i < leaves_.size(); ++i) checkOrder(leaves_[i - 1].key, leaves_[i].key);
  for (const Node& node : nodes) inner_.push_back(node.block);
}

// "xfs_btree_ptr_offset": all the keys a block has room for, then the pointers.
std::vector<FreeTree::Node> FreeTree::childrenOf(std::span<const std::byte> block,
                                                 std::uint32_t count) const {
  const std::size_t room =
      (geometry_.blockSize - headerSize()) / (sizeof(FreeRecord) + sizeof(be32));
  if (count > room) damaged(fmt::format("{} pointers in a block", count));
  std::vector<Node> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].key = runAt(block, headerSize() + i * sizeof(FreeRecord));
    const std::size_t at = headerSize() + room * sizeof(FreeRecord) + i * sizeof(be32);
    out[i].block = structAt<be32>(block, at);
    if (out[i].block < geometry_.headerBlocks() || out[i].block >= length_) {
      damaged(fmt::format("it goes on in block {}", out[i].block));
    }
  }
  return out;
}

Totals FreeTree::readLeaves(const std::function<void(std::span<const Run>)>& leaf,
                            const std::function<void(const Run&, const Run&)>& between) const {
  struct Ends {
    Run first, last;
  };
  std::vector<Ends> ends(leaves_.size());
  Totals totals;
  std::vector<Run> runs;
  const std::size_t room = (geometry_.blockSize - headerSize()) / sizeof(FreeRecord);
  readLevel(0, leaves_,
            [&](std::size_t index, std::span<const std::byte> block, std::uint32_t count) {
              if (count > room) damaged(fmt::format("{} records in a block", count));
              runs.resize(count);
              for (std::size_t i = 0; i < count; ++i) {
                runs[i] = runAt(block, headerSize() + i * sizeof(FreeRecord));
                // "xfs_alloc_check_irec"
                if (runs[i].count == 0 || runs[i].first < geometry_.headerBlocks() ||
                    runs[i].end() > length_) {
                  damaged(fmt::format("{} free blocks from {} on", runs[i].count, runs[i].first));
                }
                if (i != 0) checkOrder(runs[i - 1], runs[i]);
                totals.add(runs[i]);
              }
              if (count == 0) return;
              if (!rootIsLeaf_ && !sameKey(leaves_[index].key, runs.front())) {
                damaged(fmt::format("block {} is not what its parent says", leaves_[index].block));
              }
              ends[index] = {runs.front(), runs.back()};
              leaf(runs);
            });
  between({}, ends.front().first);
  for (std::size_t i = 1; i < ends.size(); ++i) {
    checkOrder(ends[i - 1].last, ends[i].first);
    between(ends[i - 1].last, ends[i].first);
  }
  between(ends.back().last, {});
  return totals;
}

// Calls `take` for each node's block, in the order in which they lie on the medium.
void FreeTree::readLevel(
    std::uint32_t level, const std::vector<Node>& nodes,
    const std::function<void(std::size_t, std::span<const std::byte>, std::uint32_t)>& take) const {
  std::vector<std::uint32_t> order(nodes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return nodes[a].block < nodes[b].block; });
  const std::uint64_t size = geometry_.blockSize;
  std::vector<std::byte> bytes;
  for (std::size_t from = 0; from < order.size();) {
    const std::uint64_t first = nodes[order[from]].block;
    std::uint64_t last = first;
    std::size_t to = from + 1;
    for (; to < order.size(); ++to) {
      const std::uint64_t next = nodes[order[to]].block;
      if ((next - last) * size > kGap + size || (next - first + 1) * size > kPiece) break;
      last = next;
    }
    bytes.resize((last - first + 1) * size);
    volume_.read(geometry_.groupStart(group_) + first * size, bytes);
    for (; from < to; ++from) {
      const auto block = std::span(bytes).subspan((nodes[order[from]].block - first) * size, size);
      take(order[from], block, check(level, nodes, order[from], block));
    }
  }
}

// "xfs_allocbt_verify" and the checks beside it. Returns how many records the block has.
std::uint32_t FreeTree::check(std::uint32_t level, const std::vector<Node>& nodes,
                              std::size_t index, std::span<const std::byte> block) const {
  const std::uint32_t number = nodes[index].block;
  const auto header = structAt<TreeHeader>(block, 0);
  if (header.magic != magic() || header.level != level) {
    damaged(fmt::format("block {} is no part of it", number));
  }
  if (geometry_.checksums) {
    const auto more = structAt<TreeHeader5>(block, 0);
    const std::uint64_t place =
        (geometry_.groupStart(group_) + std::uint64_t{number} * geometry_.blockSize) / 512;
    if (!checksumFits(block, offsetof(TreeHeader5, checksum))) {
      damaged(fmt::format("the checksum of block {} is wrong", number));
    }
    if (more.uuid != geometry_.metaUuid || more.group != group_ || more.place != place) {
      damaged(fmt::format("block {} belongs elsewhere", number));
    }
  }
  const std::uint32_t left = index == 0 ? kNoBlock : nodes[index - 1].block;
  const std::uint32_t right = index + 1 == nodes.size() ? kNoBlock : nodes[index + 1].block;
  if (header.left != left || header.right != right) {
    damaged(fmt::format("block {} has other neighbours than its parent says", number));
  }
  // Only where nothing at all is free may a block be empty.
  if (header.records == 0 && !rootIsLeaf_) damaged(fmt::format("block {} is empty", number));
  return header.records;
}

void FreeTree::checkOrder(const Run& first, const Run& second) const {
  // "xfs_bnobt_recs_inorder", "xfs_cntbt_recs_inorder"
  const bool good = order_ == Order::Place
                        ? first.end() <= second.first
                        : std::tie(first.count, first.first) < std::tie(second.count, second.first);
  if (!good) damaged(fmt::format("free blocks from {} and from {} on", first.first, second.first));
}

bool FreeTree::sameKey(const Run& key, const Run& first) const {
  return key.first == first.first && key.count == first.count;
}

std::vector<std::uint32_t> FreeTree::blocks() const {
  std::vector<std::uint32_t> out = inner_;
  out.reserve(out.size() + leaves_.size());
  for (const Node& leaf : leaves_) out.push_back(leaf.block);
  std::sort(out.begin(), out.end());
  return out;
}

std::uint32_t FreeTree::headerSize() const {
  return geometry_.checksums ? sizeof(TreeHeader5) : sizeof(TreeHeader);
}

std::uint32_t FreeTree::magic() const {
  if (order_ == Order::Place) return geometry_.checksums ? kMagicByPlace5 : kMagicByPlace;
  return geometry_.checksums ? kMagicBySize5 : kMagicBySize;
}

void FreeTree::damaged(const std::string& what) const {
  throw Unproven{
      fmt::format("the list of free space of allocation group {}, sorted by {}, is"
                  " damaged: {}; xfs_repair repairs it",
                  group_, order_ == Order::Place ? "place" : "size", what)};
}

}  // namespace disktwin::fs::xfs
