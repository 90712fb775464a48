#include "clone/fs/f2fs/reserved.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "clone/fs/f2fs/unproven.h"

namespace disktwin::fs::f2fs {
namespace {

// struct f2fs_node and struct f2fs_inode.
constexpr std::uint32_t kAddressesOfInode = 360;  // offset in the block
constexpr std::uint32_t kMostInInode = 923;
constexpr std::uint32_t kMostInNode = 1018;
constexpr std::uint32_t kInlineFlags = 3;
enum Inline : unsigned {
  kInlineXattr = 0x1,
  kInlineData = 0x2,
  kInlineEntries = 0x4,
  kExtra = 0x20
};
constexpr std::uint32_t kOldXattrWords = 50;  // without flexible_inline_xattr

using Block = std::span<const std::byte>;

// fs/f2fs/node.h, IS_DNODE(): does a node that is no inode hold addresses of blocks?
bool holdsAddresses(std::uint32_t offset) {
  constexpr std::uint32_t kFlagBits = 3;
  constexpr std::uint32_t kXattrNode = 0xFFFFFFFFU >> kFlagBits;
  constexpr std::uint32_t kTwoIndirect = 6 + 2 * kMostInNode;
  if (offset == kXattrNode) return false;
  if (offset == 3 || offset == 4 + kMostInNode || offset == 5 + 2 * kMostInNode) return false;
  return offset < kTwoIndirect || (offset - kTwoIndirect) % (kMostInNode + 1) != 0;
}

struct Run {
  std::uint32_t offset = 0;
  std::uint32_t count = 0;
};

// Devices and pipes keep other things where the addresses are.
bool hasContents(Block block) {
  const unsigned kind = structAt<le16>(block, 0) & 0xF000U;
  return kind == 0x8000 || kind == 0x4000 || kind == 0xA000;
}

Run addressesOfInode(Block block, bool flexible) {
  const auto flags = std::to_integer<unsigned>(block[kInlineFlags]);
  if ((flags & (kInlineData | kInlineEntries)) != 0 || !hasContents(block)) return {};
  const bool extra = (flags & kExtra) != 0;
  const std::uint32_t first = extra ? structAt<le16>(block, kAddressesOfInode) / 4U : 0;
  std::uint32_t xattr = (flags & kInlineXattr) != 0 ? kOldXattrWords : 0;
  if (flexible && extra) xattr = structAt<le16>(block, kAddressesOfInode + 2);
  if (first + xattr > kMostInInode) throw Unproven{"an inode leaves no room for its contents"};
  return {kAddressesOfInode + first * 4, kMostInInode - first - xattr};
}

Run addressesOf(Block block, bool flexible) {
  const auto footer = structAt<NodeFooter>(block, kFooterOffset);
  if (footer.node == footer.inode) return addressesOfInode(block, flexible);
  return holdsAddresses(footer.flags >> 3) ? Run{0, kMostInNode} : Run{};
}

struct Counts {
  std::uint64_t reserved = 0;
  std::uint64_t compressed = 0;
};

void countIn(Block block, const Run& run, const Geometry& g, const ExtentSet& used,
             Counts& counts) {
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const std::uint32_t address = structAt<le32>(block, run.offset + i * 4);
    if (address == kNoBlock) continue;
    if (address == kNewBlock) {
      ++counts.reserved;
    } else if (address == kCompressedCluster) {
      ++counts.compressed;
    } else if (!g.inMain(address) ||
               !used.contains({std::uint64_t{address} * kBlockSize, kBlockSize})) {
      throw Unproven{
          fmt::format("a file refers to block {}, which the segment table calls free;"
                      " fsck.f2fs repairs it",
                      address)};
    }
  }
}

}  // namespace

void explainMissing(const BlockReader& volume, const Super& super, const Geometry& g,
                    const Segments& segments, const ExtentSet& used, std::uint64_t missing) {
  const bool flexible = (super.features & kFlexibleInlineXattr) != 0;
  Counts counts;
  segments.nodes.forEachRun([&](std::uint32_t segment, std::uint32_t first, std::uint32_t count) {
    const std::uint64_t block = std::uint64_t{g.segmentStart(segment)} + first;
    const auto bytes = readBytes(volume, block * kBlockSize, std::size_t{count} * kBlockSize);
    for (std::uint32_t i = 0; i < count; ++i) {
      const Block node = std::span(bytes).subspan(std::size_t{i} * kBlockSize, kBlockSize);
      countIn(node, addressesOf(node, flexible), g, used, counts);
    }
  });
  // The head of a compressed cluster is counted as well, unless its file has given that up.
  if (missing < counts.reserved || missing > counts.reserved + counts.compressed) {
    throw Unproven{
        fmt::format("the segment table has lost {} blocks that the checkpoint counts;"
                    " fsck.f2fs repairs it",
                    missing)};
  }
}

}  // namespace disktwin::fs::f2fs
