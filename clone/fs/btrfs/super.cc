#include "clone/fs/btrfs/super.h"

#include <fmt/format.h>

#include <bit>

#include "clone/fs/btrfs/checksum.h"
#include "clone/fs/btrfs/unproven.h"

namespace disktwin::fs::btrfs {
namespace {

// What the format means with these does not change where things lie.
constexpr std::uint64_t kKnownIncompat = kMixedBackref | kDefaultSubvolume | kMixedGroups |
                                         kCompressLzo | kCompressZstd | kBigMetadata |
                                         kExtendedIref | kRaid56Feature | kSkinnyMetadata |
                                         kNoHoles | kMetadataUuid | kRaid1c34 | kSimpleQuota;
constexpr std::uint64_t kKnownCompatRo =
    kFreeSpaceTree | kFreeSpaceTreeValid | kVerity | kBlockGroupTree;
constexpr std::uint64_t kKnownFlags = kWritten | kReloc | kError | kSeeding;

void requireKnownFeatures(const Super& super) {
  const std::uint64_t incompat = super.incompat;
  if ((incompat & kZoned) != 0)
    throw Unproven{"zoned mode (incompatible feature) is not supported"};
  if ((incompat & kExtentTreeV2) != 0) throw Unproven{"extent tree v2 is not supported"};
  if ((incompat & kRaidStripeTree) != 0) throw Unproven{"a RAID stripe tree is not supported"};
  if ((incompat & ~kKnownIncompat) != 0) {
    throw Unproven{fmt::format("unknown incompatible feature {:#x}", incompat & ~kKnownIncompat)};
  }
  if ((super.compatRo & ~kKnownCompatRo) != 0) {
    throw Unproven{fmt::format("unknown read-only compatible feature {:#x}",
                               super.compatRo & ~kKnownCompatRo)};
  }
  if ((super.flags & (kMetadump | kMetadumpV2)) != 0) {
    throw Unproven{"it is an image of the metadata alone (btrfs-image), whose map is not real"};
  }
  // Among these are those that btrfstune leaves when a conversion was interrupted.
  if ((super.flags & ~kKnownFlags) != 0) {
    throw Unproven{fmt::format("the superblock has unknown or unfinished-conversion flags {:#x}",
                               super.flags & ~kKnownFlags)};
  }
}

bool isSizeWithin(std::uint32_t value, std::uint32_t least, std::uint32_t most) {
  return std::has_single_bit(value) && value >= least && value <= most;
}

// The checks of "btrfs_validate_super()", fs/btrfs/disk-io.c.
void requireSaneNumbers(const Super& super, std::uint64_t volumeSize) {
  const auto refuse = [](const char* what) {
    throw Unproven{std::string("its superblock ") + what};
  };
  if (super.bytenr != kSuperOffset) refuse("names another place as its own");
  if (!isSizeWithin(super.sectorSize, 4096, kLargestNode)) refuse("has an impossible sector size");
  if (!isSizeWithin(super.nodeSize, super.sectorSize, kLargestNode) ||
      super.nodeSize != super.leafSize) {
    refuse("has an impossible node size");
  }
  if (super.rootLevel >= kMostLevels || super.chunkRootLevel >= kMostLevels) {
    refuse("names a tree of too many levels");
  }
  if (super.systemArrayBytes > kSystemArraySize) refuse("has too long an array of system chunks");
  if (super.device.fsid != metadataUuidOf(super)) {
    refuse("belongs to another filesystem than its device");
  }
  if (super.device.id == 0) {
    throw Unproven{"it is the target of a device replacement that has not finished"};
  }
  if (super.device.totalBytes > volumeSize) {
    throw Unproven{fmt::format("the filesystem has {} bytes here, but the volume only {}",
                               super.device.totalBytes.value(), volumeSize)};
  }
}

// The kernel reads the first one alone, and writes it first; a copy that is newer means that the
// first was put back from elsewhere, and then nobody knows which of the two is the filesystem.
void requireNewest(const Super& super, const BlockReader& volume) {
  for (const Extent& place : superPlaces(volume.size())) {
    if (place.offset == kSuperOffset) continue;
    const auto copy = readStruct<Super>(volume, place.offset);
    if (copy.magic == kMagic && copy.bytenr == place.offset && copy.fsid == super.fsid &&
        superChecksumFits(copy) && copy.generation > super.generation) {
      throw Unproven{
          fmt::format("the copy of the superblock at {} is newer than the first", place.offset)};
    }
  }
}

}  // namespace

bool superChecksumFits(const Super& super) {
  return checksumFits(super.checksumType, std::as_bytes(std::span(&super, 1)));
}

const Uuid& metadataUuidOf(const Super& super) {
  return (super.incompat & kMetadataUuid) != 0 ? super.metadataUuid : super.fsid;
}

ExtentSet superPlaces(std::uint64_t volumeSize) {
  ExtentSet out;
  for (const std::uint64_t offset : kSuperOffsets) {
    if (extentFits(offset, kSuperSize, volumeSize)) out.add({offset, kSuperSize});
  }
  return out;
}

ExtentSet reservedPlaces(std::uint64_t volumeSize) {
  ExtentSet out{{0, kReserved}};
  for (const std::uint64_t offset : kSuperOffsets) out.add({offset, kStripe});
  return out.clipped({0, volumeSize});
}

void requireUsable(const Super& super, const BlockReader& volume) {
  if (!isKnownChecksum(super.checksumType)) {
    throw Unproven{fmt::format("unknown checksum type {}", super.checksumType.value())};
  }
  if (!superChecksumFits(super)) {
    throw Unproven{"its superblock is damaged: the checksum is wrong"};
  }
  requireKnownFeatures(super);
  requireSaneNumbers(super, volume.size());
  requireNewest(super, volume);
}

}  // namespace disktwin::fs::btrfs
