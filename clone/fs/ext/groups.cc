#include "clone/fs/ext/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "clone/fs/ext/checksum.h"
#include "clone/io/checksum.h"

namespace disktwin::fs::ext {
namespace {

constexpr const char* kWhat = "the group descriptors";

// The two halves of the fields as one; the upper ones are zero in a small descriptor.
struct Wide {
  explicit Wide(std::span<const std::byte> raw) {
    std::memcpy(&d, raw.data(), std::min(raw.size(), sizeof d));
  }
  static std::uint64_t join(std::uint32_t high, std::uint32_t low) {
    return std::uint64_t{high} << 32 | low;
  }
  std::uint64_t blockBitmap() const { return join(d.blockBitmapHi, d.blockBitmapLo); }
  std::uint64_t inodeBitmap() const { return join(d.inodeBitmapHi, d.inodeBitmapLo); }
  std::uint64_t inodeTable() const { return join(d.inodeTableHi, d.inodeTableLo); }
  std::uint32_t freeBlocks() const { return std::uint32_t{d.freeBlocksHi} << 16 | d.freeBlocksLo; }
  std::uint32_t unusedInodes() const {
    return std::uint32_t{d.unusedInodesHi} << 16 | d.unusedInodesLo;
  }
  std::uint32_t bitmapChecksum() const {
    return std::uint32_t{d.blockBitmapChecksumHi} << 16 | d.blockBitmapChecksumLo;
  }

  GroupDescriptor d{};
};

[[noreturn]] void damaged(std::uint64_t group, const char* what) {
  throw Unproven{fmt::format("the descriptor of block group {} is damaged: {}", group, what)};
}

// The rules of ext4_check_descriptors() in fs/ext4/super.c: without flex_bg everything lies in the
// group that it is for.
void checkPlace(const Geometry& g, std::uint64_t group, Blocks run) {
  const std::uint64_t from = g.flexBg ? g.firstDataBlock : g.groupStart(group);
  const std::uint64_t to = g.flexBg ? g.blocks : g.groupStart(group) + g.groupLength(group);
  if (run.first < from || run.first >= to || run.count > to - run.first) {
    damaged(group, "it points outside");
  }
  if (run.first < g.primaryHeader().end()) damaged(group, "it points into the superblock");
}

// How much of the inode table was ever initialised. The flags mean something only under a checksum
// ("Block Group Descriptors", "Lazy Block Group Initialization").
std::uint32_t initialisedBlocks(const Geometry& g, std::uint64_t group, const Wide& wide) {
  if (g.checksum == GroupChecksum::None) return g.inodeTableBlocks;
  if ((wide.d.flags & kInodeUninit) != 0) return 0;
  const std::uint32_t unused = wide.unusedInodes();
  if (unused > g.inodesPerGroup) damaged(group, "it has more unused inodes than inodes");
  const std::uint64_t bytes = std::uint64_t{g.inodesPerGroup - unused} * g.inodeSize;
  return static_cast<std::uint32_t>((bytes + g.blockSize - 1) / g.blockSize);
}

Group parse(const Geometry& g, std::uint64_t number, std::span<const std::byte> raw) {
  const Wide wide(raw);
  if (g.checksum != GroupChecksum::None &&
      !checksumAgrees(wide.d.checksum, descriptorChecksum(g, number, raw))) {
    damaged(number, "its checksum is wrong");
  }
  Group out;
  out.blockBitmap = wide.blockBitmap();
  out.inodeBitmap = wide.inodeBitmap();
  out.inodeTable = wide.inodeTable();
  checkPlace(g, number, {out.blockBitmap, 1});
  checkPlace(g, number, {out.inodeBitmap, 1});
  checkPlace(g, number, {out.inodeTable, g.inodeTableBlocks});
  out.inodeBlocks = initialisedBlocks(g, number, wide);
  out.tableZeroed = (wide.d.flags & kInodeZeroed) != 0;
  out.freeClusters = wide.freeBlocks();
  out.bitmapChecksum = wide.bitmapChecksum();
  out.blockUninit = g.checksum != GroupChecksum::None && (wide.d.flags & kBlockUninit) != 0;
  // The root directory is there: no filesystem is without it.
  if (number == 0 && (out.blockUninit || out.inodeBlocks == 0)) {
    damaged(number, "the first group is called uninitialised");
  }
  return out;
}

void merge(Group& known, const Group& later, std::uint64_t number) {
  if (known.blockBitmap != later.blockBitmap || known.inodeBitmap != later.inodeBitmap ||
      known.inodeTable != later.inodeTable) {
    damaged(number, "the journal moves its bitmaps elsewhere");
  }
  known.inodeBlocks = std::max(known.inodeBlocks, later.inodeBlocks);
  known.blockUninit = known.blockUninit && later.blockUninit;
  known.freeClusters = later.freeClusters;
  known.bitmapChecksum = later.bitmapChecksum;
}

// The groups that a block of descriptors describes.
std::uint64_t groupsIn(const Geometry& g, std::uint64_t index) {
  return std::min<std::uint64_t>(g.descriptorsPerBlock, g.groups - index * g.descriptorsPerBlock);
}

}  // namespace

std::uint32_t bitmapChecksumMask(const Geometry& geometry) {
  if (geometry.checksum != GroupChecksum::Crc32c) return 0;
  return geometry.descriptorSize > kSmallDescriptor ? 0xFFFFFFFFU : 0xFFFFU;
}

std::vector<std::byte> GroupTable::rawBlocks(std::uint64_t index, std::uint64_t count) const {
  const Geometry& g = volume_.geometry;
  std::vector<std::byte> raw(count * g.blockSize);
  std::uint64_t done = 0;
  if (index < g.leadingDescriptorBlocks) {
    done = std::min(count, g.leadingDescriptorBlocks - index);
    volume_.read({g.descriptorBlock(index), done}, std::span(raw).first(done * g.blockSize), kWhat);
  }
  for (; done < count; ++done) {
    volume_.read({g.descriptorBlock(index + done), 1},
                 std::span(raw).subspan(done * g.blockSize, g.blockSize), kWhat);
  }
  return raw;
}

void GroupTable::applyLog(std::uint64_t index, std::span<Group> groups) const {
  const Geometry& g = volume_.geometry;
  std::vector<std::byte> block(g.blockSize);
  for (const LogImage& image : log_.of(g.descriptorBlock(index))) {
    // What was not committed may never have reached the medium: its bytes can be anything.
    if (!image.committed()) continue;
    PendingLog::read(volume_, image, block);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const std::uint64_t number = index * g.descriptorsPerBlock + i;
      const auto raw = std::span(block).subspan(i * g.descriptorSize, g.descriptorSize);
      merge(groups[i], parse(g, number, raw), number);
    }
  }
}

std::vector<Group> GroupTable::read(std::uint64_t index, std::uint64_t count) const {
  const Geometry& g = volume_.geometry;
  const std::vector<std::byte> raw = rawBlocks(index, count);
  std::vector<Group> out;
  for (std::uint64_t b = 0; b < count; ++b) {
    const std::uint64_t inBlock = groupsIn(g, index + b);
    for (std::uint64_t i = 0; i < inBlock; ++i) {
      out.push_back(
          parse(g, (index + b) * g.descriptorsPerBlock + i,
                std::span(raw).subspan(b * g.blockSize + i * g.descriptorSize, g.descriptorSize)));
    }
    applyLog(index + b, std::span(out).last(inBlock));
  }
  return out;
}

std::uint64_t inodeTableOf(const Volume& volume, std::uint64_t group) {
  const Geometry& g = volume.geometry;
  const std::uint64_t block = g.descriptorBlock(group / g.descriptorsPerBlock);
  const auto raw = volume.read({block, 1}, kWhat);
  const auto at = (group % g.descriptorsPerBlock) * g.descriptorSize;
  return Wide(std::span(raw).subspan(at, g.descriptorSize)).inodeTable();
}

}  // namespace disktwin::fs::ext
