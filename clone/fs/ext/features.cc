#include "clone/fs/ext/features.h"

#include <fmt/format.h>

#include <bit>
#include <span>

#include "clone/fs/ext/unproven.h"
#include "clone/io/checksum.h"
#include "clone/io/crc32c.h"

namespace disktwin::fs::ext {
namespace {

// The features of which is known that every block in use is marked in a block bitmap, and that
// bitmaps, tables and descriptors lie where this reader looks for them.
constexpr std::uint32_t kKnownIncompat =
    kFiletype | kRecover | kJournalDevice | kMetaBg | kExtents | k64Bit | kMmp | kFlexBg |
    kEaInode | kChecksumSeed | kLargeDir | kInlineData | kEncrypt | kCasefold;
constexpr std::uint32_t kKnownRoCompat = kSparseSuper | kLargeFile | kBtreeDir | kHugeFile |
                                         kGroupChecksum | kDirNlink | kExtraInodeSize | kQuota |
                                         kBigalloc | kMetadataChecksum | kReadOnly | kProject |
                                         kSharedBlocks | kVerity | kOrphanPresent;

// A system that does not know a compatible feature may write to the volume all the same, so it
// cannot change where things lie. These two predate that rule: they gave bitmaps another meaning.
constexpr std::uint32_t kForeignCompat = kLazyBg | kExcludeBitmap;

// Features that exist (or existed) but are not understood here, by their usual names.
struct Name {
  char word;  // 'c'ompatible, 'i'ncompatible, 'r'ead-only compatible
  std::uint32_t bit;
  const char* name;
};
constexpr Name kNames[] = {
    {'c', kLazyBg, "lazy_bg"},           {'c', kExcludeBitmap, "exclude_bitmap"},
    {'i', kCompression, "compression"},  {'i', kDirData, "dirdata"},
    {'r', kHasSnapshot, "has_snapshot"}, {'r', kReplica, "replica"},
};

void refuseLowest(char word, const char* kind, std::uint32_t unknown) {
  if (unknown == 0) return;
  const std::uint32_t bit = 1U << std::countr_zero(unknown);
  for (const Name& known : kNames) {
    if (known.word == word && known.bit == bit) {
      throw Unproven{fmt::format("the {} feature {} ({:#x}) may change which blocks are in use",
                                 kind, known.name, bit)};
    }
  }
  throw Unproven{fmt::format("unknown {} feature {:#x}", kind, bit)};
}

}  // namespace

std::string typeName(const Super& super) {
  // libblkid, libblkid/src/superblocks/ext.c: the name follows from what the older drivers know.
  constexpr std::uint32_t kExt2RoCompat = kSparseSuper | kLargeFile | kBtreeDir;
  constexpr std::uint32_t kExt2Incompat = kFiletype | kMetaBg;
  constexpr std::uint32_t kExt3Incompat = kExt2Incompat | kRecover;
  if ((super.incompat & kJournalDevice) != 0) return "jbd";
  const bool newer =
      (super.roCompat & ~kExt2RoCompat) != 0 || (super.incompat & ~kExt3Incompat) != 0;
  if (newer) return (super.flags & kFlagTestFilesystem) != 0 ? "ext4dev" : "ext4";
  return (super.compat & kHasJournal) != 0 ? "ext3" : "ext2";
}

void requireKnownFeatures(const Super& super) {
  refuseLowest('i', "incompatible", super.incompat & ~kKnownIncompat);
  refuseLowest('r', "read-only compatible", super.roCompat & ~kKnownRoCompat);
  refuseLowest('c', "compatible", super.compat & kForeignCompat);
  if ((super.incompat & kRecover) != 0 && (super.compat & kHasJournal) == 0) {
    throw Unproven{"a journal is to be replayed, but the filesystem has none"};
  }
}

void requireTrustedState(const Super& super) {
  if (!superChecksumFits(super)) throw Unproven{"the checksum of the superblock is wrong"};
  if ((super.state & kStateErrors) != 0) {
    throw Unproven{
        "the filesystem has recorded errors in itself, so its list of used blocks may be"
        " wrong; e2fsck repairs it"};
  }
  // With a journal the flag stays set while mounted, and replaying makes the bitmaps right. Without
  // one a crash leaves them as they happened to be.
  if ((super.state & kStateValid) == 0) {
    throw Unproven{
        "the filesystem was not unmounted cleanly, so its list of used blocks may be out"
        " of date; e2fsck repairs it"};
  }
}

bool superChecksumFits(const Super& super) {
  if ((super.roCompat & kMetadataChecksum) == 0) return true;
  const auto bytes = std::as_bytes(std::span(&super, 1)).first(offsetof(Super, checksum));
  constexpr std::uint8_t kCrc32c = 1;
  return super.checksumType == kCrc32c && checksumAgrees(super.checksum, crc32c(~0U, bytes));
}

}  // namespace disktwin::fs::ext
