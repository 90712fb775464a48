#include "clone/fs/xfs/features.h"

#include <fmt/format.h>

#include <bit>

#include "clone/fs/xfs/checksum.h"
#include "clone/fs/xfs/unproven.h"

namespace disktwin::fs::xfs {
namespace {

// The features of which is known that every block in use is missing from the trees of free space,
// and that those lie where this reader looks for them.
constexpr std::uint32_t kKnownFeatures2 =
    kLazyCount | kAttributes2 | kProjectId32 | kChecksums | kFileType4;
constexpr std::uint32_t kKnownRoCompat = kFreeInodeTree | kReverseMap | kReflink | kInodeTreeCounts;
constexpr std::uint32_t kKnownIncompat = kFileType | kSparseInodes | kMetaUuid | kBigTime |
                                         kNeedsRepair | kExtentCounts64 | kExchangeRange |
                                         kParentPointers;

struct Name {
  std::uint32_t bit;
  const char* name;
};
constexpr Name kForeignNames[] = {
    {kMetadataDirectory, "metadir"}, {kZoned, "zoned"}, {kZoneGaps, "zone_gaps"}};

int numberOf(const Super& super) {
  return super.version & kVersionNumber;
}

void refuseLowest(const char* kind, std::uint32_t unknown) {
  if (unknown == 0) return;
  throw Unproven{fmt::format("unknown {} feature {:#x}", kind, 1U << std::countr_zero(unknown))};
}

void requireKnownVersion4(const Super& super) {
  if ((super.version & kVersionShared) != 0) throw Unproven{"unknown feature \"shared\""};
  if ((super.version & kVersionMoreBits) != 0) {
    refuseLowest("incompatible", super.features2 & ~kKnownFeatures2);
  }
}

void requireKnownVersion5(const Super& super) {
  const std::uint32_t unknown = super.incompat & ~kKnownIncompat;
  for (const Name& foreign : kForeignNames) {
    if ((unknown & foreign.bit) != 0) {
      throw Unproven{
          fmt::format("the incompatible feature {} ({:#x}) may change which blocks are in use",
                      foreign.name, foreign.bit)};
    }
  }
  refuseLowest("incompatible", unknown);
  refuseLowest("read-only compatible", super.roCompat & ~kKnownRoCompat);
  // A log of an unknown format cannot be looked into, not even for whether it is empty.
  refuseLowest("log-incompatible", super.logIncompat & ~kLogAttributes);
}

// "xfs_sb_read_verify": over the first sector.
void requireChecksum(const BlockReader& volume, const Super& super) {
  const std::size_t sector = super.sectorSize;
  if (sector < sizeof(Super) || sector > volume.size()) {
    throw Unproven{fmt::format("its superblock is damaged: sectors of {} bytes", sector)};
  }
  if (!checksumFits(readBytes(volume, 0, sector), offsetof(Super, checksum))) {
    throw Unproven{"the checksum of the superblock is wrong; xfs_repair repairs it"};
  }
}

}  // namespace

void requireKnownFeatures(const Super& super) {
  const int number = numberOf(super);
  if (number != 4 && number != 5) {
    throw Unproven{fmt::format("version {} of XFS is not known, only 4 and 5 are", number)};
  }
  if (number == 4) requireKnownVersion4(super);
  if (number == 5) requireKnownVersion5(super);
}

void requireSound(const BlockReader& volume, const Super& super) {
  const bool newer = numberOf(super) == 5;
  if (newer) requireChecksum(volume, super);
  if (super.inProgress != 0) throw Unproven{"its mkfs was not finished"};
  if (newer && (super.incompat & kNeedsRepair) != 0) {
    throw Unproven{"the filesystem has recorded that it needs a repair; xfs_repair does it"};
  }
}

std::vector<std::string> featureNotes(const Super& super) {
  std::vector<std::string> notes;
  if (numberOf(super) == 4) {
    notes.emplace_back(
        "It has version 4 of the format, without checksums; newer kernels may no longer mount it.");
  }
  if (super.realtimeBlocks != 0) {
    notes.emplace_back(
        "It has a realtime section: data of realtime files lie on another device, which has to be"
        " copied as well.");
  }
  if (super.logStart == 0) {
    notes.emplace_back(
        "Its log lies on another device, without which it cannot be mounted; copy that one, too.");
  }
  // Whoever does not know a compatible feature may write to the volume all the same, so it cannot
  // change where things lie.
  if (numberOf(super) == 5 && super.compat != 0) {
    notes.push_back(
        fmt::format("It has unknown compatible features ({:#x}).", super.compat.value()));
  }
  return notes;
}

}  // namespace disktwin::fs::xfs
