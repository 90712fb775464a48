#include "clone/fs/ext/geometry.h"

#include <fmt/format.h>

#include <bit>
#include <iterator>
#include <span>

#include "clone/fs/ext/unproven.h"
#include "clone/io/crc32c.h"

namespace disktwin::fs::ext {
namespace {

// "Super Block": 1 KiB to 64 KiB. The cluster size has no limit of its own in the format; the
// kernel (EXT4_MAX_CLUSTER_LOG_SIZE) takes at most 1 GiB.
constexpr std::uint32_t kMaxLogBlock = 6;
constexpr std::uint32_t kMaxLogCluster = 20;

// Bounds the time and the memory for volumes whose groups are absurdly small: enough for 64 TiB in
// blocks of 1 KiB and 1 PiB in the usual ones of 4 KiB.
constexpr std::uint64_t kMaxGroups = 1U << 23;

void require(bool holds, const char* what) {
  if (!holds) throw Unproven{fmt::format("the superblock contradicts itself: {}", what)};
}

constexpr std::uint64_t divideUp(std::uint64_t value, std::uint64_t by) {
  return value / by + (value % by != 0 ? 1 : 0);
}

void setUnits(Geometry& g, const Super& super) {
  const bool bigalloc = (super.roCompat & kBigalloc) != 0;
  require(super.logBlockSize <= kMaxLogBlock, "the block size is out of range");
  g.blockSize = 1024U << super.logBlockSize;
  // Without bigalloc the field was meant for fragments, and is not looked at by any driver.
  if (bigalloc) {
    require(super.logClusterSize >= super.logBlockSize && super.logClusterSize <= kMaxLogCluster,
            "the cluster size is out of range");
    g.clusterRatio = 1U << (super.logClusterSize - super.logBlockSize);
  }
  // Blocks of 1 KiB are counted from the one with the superblock in it, as the bitmaps have it.
  g.firstDataBlock = super.firstDataBlock;
  require(g.firstDataBlock <= (g.blockSize == 1024 ? 1U : 0U), "the first data block is wrong");
  require(g.firstDataBlock == 1 || g.blockSize != 1024 || bigalloc,
          "the first data block is wrong");
}

void setGroups(Geometry& g, const Super& super) {
  const std::uint64_t mostBits = std::uint64_t{g.blockSize} * 8;
  g.blocksPerGroup = super.blocksPerGroup;
  require(g.blocksPerGroup != 0 && g.blocksPerGroup % (8ULL * g.clusterRatio) == 0 &&
              g.blocksPerGroup / g.clusterRatio <= mostBits,
          "the number of blocks a group is out of range");
  g.clustersPerGroup = static_cast<std::uint32_t>(g.blocksPerGroup / g.clusterRatio);
  require(g.clusterRatio == 1 || g.clustersPerGroup == super.clustersPerGroup,
          "blocks and clusters a group do not fit");

  // Some drivers look at the upper half even without the feature that it belongs to.
  require((super.incompat & k64Bit) != 0 || super.blocksCountHi == 0,
          "the number of blocks is out of range");
  g.blocks = blocksCount(super);
  // Block numbers in extents have 48 bits.
  require(g.blocks <= 1ULL << 48, "the number of blocks is out of range");
  require(g.blocks > g.superBlock() + 1, "the number of blocks is too small");
  g.groups = divideUp(g.blocks - g.firstDataBlock, g.blocksPerGroup);
  if (g.groups > kMaxGroups) {
    throw Unproven{
        fmt::format("{} block groups, more than the {} that are supported", g.groups, kMaxGroups)};
  }
}

void setInodes(Geometry& g, const Super& super) {
  constexpr std::uint32_t kOldInodeSize = 128;  // all that revision 0 knows
  g.inodeSize = super.revision == 0 ? kOldInodeSize : super.inodeSize.value();
  require(g.inodeSize >= kOldInodeSize && std::has_single_bit(g.inodeSize) &&
              g.inodeSize <= g.blockSize,
          "the inode size is out of range");
  g.inodesPerGroup = super.inodesPerGroup;
  require(g.inodesPerGroup != 0 && g.inodesPerGroup <= std::uint64_t{g.blockSize} * 8,
          "the number of inodes a group is out of range");
  require(g.inodesPerGroup * g.groups == super.inodesCount,
          "the number of inodes does not fit the groups");
  g.inodeTableBlocks = static_cast<std::uint32_t>(
      divideUp(std::uint64_t{g.inodesPerGroup} * g.inodeSize, g.blockSize));
}

void setDescriptors(Geometry& g, const Super& super) {
  g.descriptorSize = kSmallDescriptor;
  if ((super.incompat & k64Bit) != 0) {
    g.descriptorSize = super.descriptorSize;
    require(g.descriptorSize >= sizeof(GroupDescriptor) && g.descriptorSize <= 1024 &&
                std::has_single_bit(g.descriptorSize),
            "the size of group descriptors is out of range");
  }
  g.descriptorsPerBlock = g.blockSize / g.descriptorSize;
  g.descriptorBlocks = divideUp(g.groups, g.descriptorsPerBlock);
  g.metaBg = (super.incompat & kMetaBg) != 0;
  g.leadingDescriptorBlocks = g.descriptorBlocks;
  if (g.metaBg) {
    require(super.firstMetaGroup <= g.descriptorBlocks, "the first meta group is out of range");
    g.leadingDescriptorBlocks = super.firstMetaGroup;
  }
  g.reservedDescriptorBlocks = super.reservedGdtBlocks;
  require(g.reservedDescriptorBlocks <= g.blockSize / 4,
          "the number of reserved descriptor blocks is out of range");
  require(g.primaryHeader().end() < g.blocks, "the group descriptors do not fit");
}

void setRest(Geometry& g, const Super& super) {
  g.flexBg = (super.incompat & kFlexBg) != 0;
  g.sparseSuper = (super.roCompat & kSparseSuper) != 0;
  g.sparseSuper2 = (super.compat & kSparseSuper2) != 0;
  if (g.sparseSuper2) g.backupGroups = {super.backupGroups[0], super.backupGroups[1]};
  std::copy(std::begin(super.uuid), std::end(super.uuid), g.uuid.begin());
  if ((super.roCompat & kMetadataChecksum) != 0) {
    g.checksum = GroupChecksum::Crc32c;
    g.checksumSeed = (super.incompat & kChecksumSeed) != 0
                         ? super.checksumSeed.value()
                         : crc32c(~0U, std::as_bytes(std::span(g.uuid)));
  } else if ((super.roCompat & kGroupChecksum) != 0) {
    g.checksum = GroupChecksum::Crc16;
  }
}

// 1 is one, too.
bool isPowerOf(std::uint64_t value, std::uint64_t base) {
  while (value % base == 0) value /= base;
  return value == 1;
}

}  // namespace

Geometry Geometry::of(const Super& super) {
  Geometry g;
  setUnits(g, super);
  setGroups(g, super);
  setInodes(g, super);
  setDescriptors(g, super);
  setRest(g, super);
  return g;
}

// "Layout", "Sparse Super Block" and "Sparse Super Block, v2".
bool Geometry::hasSuper(std::uint64_t group) const {
  if (group == 0) return true;
  if (sparseSuper2) return group == backupGroups[0] || group == backupGroups[1];
  if (!sparseSuper) return true;
  return isPowerOf(group, 3) || isPowerOf(group, 5) || isPowerOf(group, 7);
}

// "Meta Block Groups".
std::uint64_t Geometry::descriptorBlock(std::uint64_t index) const {
  if (index < leadingDescriptorBlocks) return superBlock() + 1 + index;
  const std::uint64_t group = index * descriptorsPerBlock;
  std::uint64_t block = groupStart(group) + (hasSuper(group) ? 1 : 0);
  // The superblock of group 0 is in block 1 even when the group starts with block 0.
  if (index == 0 && blockSize == 1024 && firstDataBlock == 0) ++block;
  return block;
}

Blocks Geometry::header(std::uint64_t group) const {
  std::uint64_t count = hasSuper(group) ? 1 : 0;
  if (!metaBg || group < leadingDescriptorBlocks * descriptorsPerBlock) {
    if (count != 0) count += leadingDescriptorBlocks + reservedDescriptorBlocks;
  } else {
    // The block of descriptors lies in the first group that it describes, its copies in the second
    // and the last.
    const std::uint64_t place = group % descriptorsPerBlock;
    if (place <= 1 || place == descriptorsPerBlock - 1) ++count;
  }
  std::uint64_t first = groupStart(group);
  if (group == 0) {
    count += superBlock();
    first = 0;
  }
  return {first, std::min(count, groupStart(group) + groupLength(group) - first)};
}

std::uint64_t blocksCount(const Super& super) {
  const std::uint64_t high = (super.incompat & k64Bit) != 0 ? super.blocksCountHi.value() : 0;
  return high << 32 | super.blocksCountLo;
}

std::uint64_t freeBlocks(const Super& super) {
  const std::uint64_t high = (super.incompat & k64Bit) != 0 ? super.freeBlocksHi.value() : 0;
  return high << 32 | super.freeBlocksLo;
}

std::uint32_t blockSizeOf(const Super& super) {
  return super.logBlockSize <= kMaxLogBlock ? 1024U << super.logBlockSize : 0;
}

}  // namespace disktwin::fs::ext
