#include "clone/fs/xfs/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "clone/fs/xfs/unproven.h"

namespace disktwin::fs::xfs {
namespace {

// "xfs_validate_sb_common" allows these.
constexpr std::uint32_t kMinBlock = 512;
constexpr std::uint32_t kMaxBlock = 65536;
constexpr std::uint32_t kMaxSector = 32768;
constexpr std::uint64_t kMaxGroupBytes = TiB;
constexpr std::uint32_t kMinGroupBlocks = 64;
// mkfs makes none below 16 MiB; a million of those would be a volume of 16 TiB.
constexpr std::uint32_t kMostGroups = 1U << 20;

bool isPower(std::uint32_t value, unsigned log) {
  return std::has_single_bit(value) && static_cast<unsigned>(std::countr_zero(value)) == log;
}

void takeSizes(const Super& super, Geometry& g) {
  g.blockSize = super.blockSize;
  g.sectorSize = super.sectorSize;
  if (g.blockSize < kMinBlock || g.blockSize > kMaxBlock || !isPower(g.blockSize, super.blockLog)) {
    throw Unproven{fmt::format("its superblock is damaged: blocks of {} bytes", g.blockSize)};
  }
  if (g.sectorSize < kMinBlock || g.sectorSize > std::min(kMaxSector, g.blockSize) ||
      !isPower(g.sectorSize, super.sectorLog)) {
    throw Unproven{fmt::format("its superblock is damaged: sectors of {} bytes", g.sectorSize)};
  }
}

void takeGroups(const Super& super, std::uint64_t volumeSize, Geometry& g) {
  g.blocks = super.dataBlocks;
  g.groupBlocks = super.groupBlocks;
  g.groupCount = super.groupCount;
  g.groupBlockLog = super.groupBlockLog;
  if (g.blocks > volumeSize / g.blockSize) {
    throw Unproven{
        fmt::format("the filesystem claims {} blocks of {} bytes, but the volume has only {} bytes",
                    g.blocks, g.blockSize, volumeSize)};
  }
  const std::uint64_t all = std::uint64_t{g.groupCount} * g.groupBlocks;
  if (g.groupBlocks < kMinGroupBlocks || g.groupCount == 0 || g.groupCount > kMostGroups ||
      std::uint64_t{g.groupBlocks} * g.blockSize > kMaxGroupBytes || g.blocks > all ||
      g.blocks < all - g.groupBlocks + kMinGroupBlocks ||
      static_cast<unsigned>(std::bit_width(g.groupBlocks - 1)) != g.groupBlockLog) {
    throw Unproven{
        fmt::format("its superblock is damaged: {} allocation groups of {} blocks do not make {}",
                    g.groupCount, g.groupBlocks, g.blocks)};
  }
}

// A number of a block or an inode is made of its group and its place there.
struct Place {
  std::uint64_t group;
  std::uint32_t block;
};
Place placeOf(const Geometry& g, std::uint64_t number) {
  return {number >> g.groupBlockLog,
          static_cast<std::uint32_t>(number & ((std::uint64_t{1} << g.groupBlockLog) - 1))};
}

void takePlaces(const Super& super, Geometry& g) {
  if (super.inodesPerBlockLog > 16) throw Unproven{"its superblock is damaged: no inodes fit"};
  const auto inside = [&](const Place& place, std::uint32_t count) {
    if (place.group >= g.groupCount || place.block < g.headerBlocks()) return false;
    const std::uint32_t length = g.groupLength(static_cast<std::uint32_t>(place.group));
    return place.block < length && count <= length - place.block;
  };
  const Place root = placeOf(g, super.rootInode >> super.inodesPerBlockLog);
  if (!inside(root, 1)) throw Unproven{"its root directory would lie outside the filesystem"};
  g.rootGroup = static_cast<std::uint32_t>(root.group);
  g.rootBlock = root.block;
  if (super.logStart == 0) return;
  const Place log = placeOf(g, super.logStart);
  if (super.logBlocks == 0 || !inside(log, super.logBlocks)) {
    throw Unproven{"its log would lie outside the filesystem"};
  }
  g.logGroup = static_cast<std::uint32_t>(log.group);
  g.log = {log.block, super.logBlocks};
}

}  // namespace

std::uint32_t Geometry::groupLength(std::uint32_t group) const {
  if (group + 1 < groupCount) return groupBlocks;
  return static_cast<std::uint32_t>(blocks - std::uint64_t{group} * groupBlocks);
}

Geometry Geometry::of(const Super& super, std::uint64_t volumeSize) {
  Geometry g;
  g.checksums = (super.version & kVersionNumber) == 5;
  g.uuid = super.uuid;
  g.metaUuid = g.checksums && (super.incompat & kMetaUuid) != 0 ? super.metaUuid : super.uuid;
  takeSizes(super, g);
  takeGroups(super, volumeSize, g);
  takePlaces(super, g);
  return g;
}

}  // namespace disktwin::fs::xfs
