#include "clone/fs/f2fs/super.h"

#include <fmt/format.h>

#include <cstring>

#include "clone/fs/f2fs/checksum.h"
#include "clone/fs/f2fs/unproven.h"

namespace disktwin::fs::f2fs {
namespace {

std::optional<Super> superAt(const BlockReader& volume, std::uint64_t offset) {
  if (!extentFits(offset, sizeof(Super), volume.size())) return std::nullopt;
  const auto super = readStruct<Super>(volume, offset);
  if (super.magic != kMagic) return std::nullopt;
  return super;
}

bool makesSense(const Super& super, std::uint64_t volumeSize) {
  if (!checksumFits(super)) return false;
  try {
    geometryOf(super, volumeSize);
    return true;
  } catch (const Unproven&) {
    return false;
  }
}

void require(bool truth, const char* what) {
  if (!truth) throw Unproven{fmt::format("the superblock contradicts itself: {}", what)};
}

// fs/f2fs/super.c, sanity_check_area_boundary(): every area begins where the one before ends.
Geometry areasOf(const Super& super) {
  std::uint64_t at = super.segment0;
  const auto area = [&](std::uint32_t start, std::uint32_t segments) {
    require(start == at, "its areas do not follow one another");
    at += std::uint64_t{segments} * kBlocksPerSegment;
  };
  area(super.checkpointStart, super.checkpointSegments);
  area(super.sitStart, super.sitSegments);
  area(super.natStart, super.natSegments);
  area(super.ssaStart, super.ssaSegments);
  area(super.mainStart, super.mainSegments);
  Geometry g;
  g.checkpoint = super.checkpointStart;
  g.payload = super.checkpointPayload;
  g.sit = super.sitStart;
  g.nat = super.natStart;
  g.main = super.mainStart;
  g.segments = super.mainSegments;
  g.end = at;
  return g;
}

}  // namespace

std::optional<Supers> findSuper(const BlockReader& volume) {
  const auto first = superAt(volume, kSuperOffset);
  const auto second = superAt(volume, kBackupSuperOffset);
  Supers out;
  if (first) {
    out.chosen = *first;
    out.same = second && std::memcmp(&*first, &*second, sizeof(Super)) == 0;
    if (out.same || !second || makesSense(*first, volume.size())) return out;
  }
  if (second && makesSense(*second, volume.size())) {
    out.chosen = *second;
    out.fromBackup = true;
    return out;
  }
  if (!first) return std::nullopt;
  return out;
}

Geometry geometryOf(const Super& super, std::uint64_t volumeSize) {
  // fs/f2fs/super.c, sanity_check_raw_super().
  if (super.logBlockSize != 12) {
    throw Unproven{"its blocks are not of 4096 bytes, and such are not understood yet"};
  }
  require(super.logBlocksPerSegment == 9, "segments are not of 512 blocks");
  require(super.checkpointSegments == 2, "it has not two checkpoints");
  // The superblocks themselves lie in front.
  require(super.segment0 >= 2, "segment 0 begins in the superblocks");
  Geometry g = areasOf(super);
  require(super.sitSegments % 2 == 0 && super.natSegments % 2 == 0, "a table has no copy");
  require(g.payload < kBlocksPerSegment, "a checkpoint has more than a segment");
  const std::uint64_t end =
      std::uint64_t{super.segment0} + std::uint64_t{super.segmentCount} * kBlocksPerSegment;
  require(g.end <= end && end <= super.blockCount, "it counts fewer blocks than its areas have");
  require(super.blockCount <= kCompressedCluster, "it has more blocks than can be numbered");
  if (super.blockCount > volumeSize / kBlockSize) {
    throw Unproven{fmt::format("the filesystem claims {} blocks, but the volume has only {}",
                               super.blockCount.value(), volumeSize / kBlockSize)};
  }
  // No overflow from here on: everything lies below blockCount.
  g.sitBlocks = super.sitSegments / 2 * kBlocksPerSegment;
  g.natBlocks = super.natSegments / 2 * kBlocksPerSegment;
  require(g.segments != 0, "it has no segments");
  require(std::uint64_t{g.sitBlocks} * kSitEntriesPerBlock >= g.segments,
          "the segment table is too small");
  // A read-only filesystem never moves blocks, and so has no summaries.
  require((super.features & kReadOnly) != 0 ||
              super.ssaSegments * std::uint64_t{kBlocksPerSegment} >= g.segments,
          "the summary area is too small");
  require(super.rootInode < std::uint64_t{g.natBlocks} * kNatEntriesPerBlock,
          "the root directory has no place in the node table");
  return g;
}

}  // namespace disktwin::fs::f2fs
