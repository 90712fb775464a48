#include "clone/fs/ext/file_blocks.h"

#include <algorithm>
#include <array>
#include <span>

#include "clone/fs/ext/groups.h"

namespace disktwin::fs::ext {
namespace {

// A journal is made in one piece or nearly so; more pieces than that are no journal, and would only
// cost memory.
constexpr std::size_t kMaxRuns = 1U << 20;
constexpr const char* kWhat = "a block of the journal";

[[noreturn]] void damaged() {
  throw Unproven{"the journal is damaged: its inode makes no sense"};
}

// "Extent Tree". Every extent starts where the one before has ended, so that no tree, however it is
// knotted, has more of them than the file has blocks.
class ExtentTree {
 public:
  ExtentTree(const Volume& volume, FileBlocks& out) : volume_(volume), out_(out) {}

  void walk(std::span<const std::byte> node, int depthAbove) {
    const auto header = structAt<ExtentHeader>(node, 0);
    const std::size_t fit = node.size() / sizeof(ExtentHeader) - 1;
    constexpr int kMaxDepth = 5;
    const int depth = header.depth;
    if (header.magic != kExtentMagic || header.entries > fit || depth > kMaxDepth) damaged();
    if (depthAbove >= 0 && (depth != depthAbove - 1 || header.entries == 0)) damaged();
    for (std::size_t i = 1; i <= header.entries; ++i) {
      const std::size_t at = i * sizeof(ExtentLeaf);
      if (depth == 0) {
        takeLeaf(structAt<ExtentLeaf>(node, at));
      } else {
        const auto index = structAt<ExtentIndex>(node, at);
        const std::uint64_t block = std::uint64_t{index.leafHi} << 32 | index.leafLo;
        if (index.block != out_.count()) damaged();
        walk(volume_.read({block, 1}, kWhat), depth);
      }
    }
  }

 private:
  void takeLeaf(const ExtentLeaf& leaf) {
    constexpr std::uint32_t kUnwritten = 32768;
    if (leaf.block != out_.count() || leaf.length == 0) damaged();
    // An unwritten extent reads as zeroes, whatever lies there: no part of a journal is one.
    if (leaf.length > kUnwritten) damaged();
    const Blocks run{std::uint64_t{leaf.startHi} << 32 | leaf.startLo, leaf.length};
    volume_.check(run, kWhat);
    if (run.count > volume_.geometry.blocks - out_.count()) damaged();
    out_.append(run);
  }

  const Volume& volume_;
  FileBlocks& out_;
};

// "Direct/Indirect Block Addressing". A journal has no holes: the first one ends it.
class BlockList {
 public:
  BlockList(const Volume& volume, FileBlocks& out, std::uint64_t most)
      : volume_(volume), out_(out), most_(most) {}

  // False when the file has ended.
  bool walk(std::span<const std::byte> numbers, int depth) {
    for (std::size_t at = 0; at + sizeof(le32) <= numbers.size(); at += sizeof(le32)) {
      const std::uint32_t block = structAt<le32>(numbers, at);
      if (block == 0 || out_.count() >= most_) return false;
      if (depth == 0) {
        volume_.check({block, 1}, kWhat);
        out_.append({block, 1});
      } else if (!walk(volume_.read({block, 1}, kWhat), depth - 1)) {
        return false;
      }
    }
    return true;
  }

 private:
  const Volume& volume_;
  FileBlocks& out_;
  std::uint64_t most_;
};

Inode readInode(const Volume& volume, std::uint32_t number) {
  const Geometry& g = volume.geometry;
  const std::uint64_t group = (number - 1ULL) / g.inodesPerGroup;
  if (number == 0 || group >= g.groups) damaged();
  const std::uint64_t table = inodeTableOf(volume, group);
  const std::uint64_t at = (number - 1ULL) % g.inodesPerGroup * g.inodeSize;
  volume.check({table, at / g.blockSize + 1}, "the inode of the journal");
  return readStruct<Inode>(volume.reader, table * g.blockSize + at);
}

}  // namespace

FileBlocks FileBlocks::ofInode(const Volume& volume, std::uint32_t inodeNumber) {
  FileBlocks out;
  const Inode inode = readInode(volume, inodeNumber);
  constexpr unsigned kTypeMask = 0xF000;
  constexpr unsigned kRegular = 0x8000;
  if ((inode.mode & kTypeMask) != kRegular || inode.links == 0) damaged();
  const auto root = std::as_bytes(std::span(inode.block));
  if ((inode.flags & kInodeExtents) != 0) {
    ExtentTree(volume, out).walk(root, -1);
    return out;
  }
  const std::uint64_t bytes = std::uint64_t{inode.sizeHi} << 32 | inode.sizeLo;
  const std::uint64_t most = std::min(bytes / volume.geometry.blockSize, volume.geometry.blocks);
  BlockList list(volume, out, most);
  constexpr std::size_t kDirect = 12 * sizeof(le32);
  bool more = list.walk(root.first(kDirect), 0);
  for (int depth = 1; depth <= 3 && more; ++depth) {
    const std::size_t at = kDirect + static_cast<std::size_t>(depth - 1) * sizeof(le32);
    more = list.walk(root.subspan(at, sizeof(le32)), depth);
  }
  return out;
}

std::uint64_t FileBlocks::at(std::uint64_t logical) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), logical,
                       [](std::uint64_t block, const Run& run) { return block < run.logical; });
  const Run& run = *(after - 1);
  return run.first + (logical - run.logical);
}

void FileBlocks::append(Blocks run) {
  if (!runs_.empty() && runs_.back().first + runs_.back().count == run.first) {
    runs_.back().count += run.count;
    return;
  }
  if (runs_.size() >= kMaxRuns) throw Unproven{"the journal is in very many pieces"};
  runs_.push_back({count(), run.first, run.count});
}

}  // namespace disktwin::fs::ext
