#include "clone/fs/f2fs/used_map.h"

#include <fmt/format.h>

#include "clone/fs/f2fs/checkpoint.h"
#include "clone/fs/f2fs/checksum.h"
#include "clone/fs/f2fs/nodes.h"
#include "clone/fs/f2fs/reserved.h"
#include "clone/fs/f2fs/roll_forward.h"
#include "clone/fs/f2fs/segments.h"
#include "clone/fs/f2fs/tables.h"
#include "clone/fs/f2fs/unproven.h"

namespace disktwin::fs::f2fs {
namespace {

// None of these changes what the map has to know; a new one might.
constexpr std::uint32_t kUnderstood = kEncrypt | kAtomicWrite | kExtraAttributes | kProjectQuota |
                                      kInodeChecksum | kFlexibleInlineXattr | kQuotaInodes |
                                      kCreationTime | kLostFound | kVerity | kSuperChecksum |
                                      kCasefold | kCompression | kReadOnly;
constexpr std::uint32_t kKnownFlags = kUnmounted | kOrphans | kCompactSummaries | kErrors |
                                      kWantsFsck | kFastBoot | kCrcRecovery | kNatBits | kTrimmed |
                                      kNoCrcRecovery | kLargeNatBitmap | kQuotaWantsFsck |
                                      kDisabled | kQuotaNeedsFlush | kResizing;

void requireTrust(const Supers& supers) {
  const Super& super = supers.chosen;
  if (!checksumFits(super)) throw Unproven{"the checksum of the superblock is wrong"};
  if (!supers.same) throw Unproven{"the superblock and its copy differ; fsck.f2fs repairs it"};
  if ((super.features & kZoned) != 0) {
    throw Unproven{"it is on a zoned device, and such are copied whole"};
  }
  if (const std::uint32_t unknown = super.features & ~kUnderstood; unknown != 0) {
    throw Unproven{fmt::format("unknown feature 0x{:x}", unknown)};
  }
  if (super.devices[0].path[0] != '\0') {
    throw Unproven{"it spans several devices, and such are copied whole"};
  }
  for (const std::uint8_t kinds : super.errors) {
    if (kinds != 0) throw Unproven{"the filesystem has recorded damage in itself"};
  }
}

void requireSettled(const Pack& pack) {
  if (pack.alone) throw Unproven{"one of its two checkpoints is not sound"};
  if (const std::uint32_t unknown = pack.head.flags & ~kKnownFlags; unknown != 0) {
    throw Unproven{fmt::format("unknown flag 0x{:x} of the checkpoint", unknown)};
  }
  if (pack.is(kErrors) || pack.is(kWantsFsck)) {
    throw Unproven{"the filesystem has recorded errors in itself"};
  }
  if (pack.is(kDisabled)) {
    throw Unproven{"checkpoints were switched off, so blocks that are called free may be needed"};
  }
  if (pack.is(kResizing)) throw Unproven{"a change of its size was not finished"};
  if (!pack.is(kUnmounted)) {
    throw Unproven{"it was not unmounted cleanly, so blocks that are called free may be needed"};
  }
}

void requireCounts(const Segments& segments, const Pack& pack) {
  // fs/f2fs/segment.c, build_sit_entries().
  if (segments.validNodes != pack.head.validNodes || segments.valid > pack.head.validBlocks) {
    throw Unproven{fmt::format(
        "the segment table has {} blocks in use, {} of them nodes; the checkpoint counts {} and {};"
        " fsck.f2fs repairs it",
        segments.valid, segments.validNodes, pack.head.validBlocks.value(),
        pack.head.validNodes.value())};
  }
  // There may be more: those that became free with the checkpoint itself.
  if (segments.free < pack.head.freeSegments) {
    throw Unproven{fmt::format("the segment table has {} free segments, the checkpoint counts {}",
                               segments.free, pack.head.freeSegments.value())};
  }
}

}  // namespace

UsedMap usedMap(const BlockReader& volume, const Supers& supers) {
  requireTrust(supers);
  const Geometry g = geometryOf(supers.chosen, volume.size());
  const Pack pack = currentPack(volume, g);
  requireSettled(pack);
  const std::vector<Log> logs = logsOf(pack, supers.chosen, g);
  if (rollsForward(volume, g, pack, logs)) {
    throw Unproven{
        "files were written after the last checkpoint, so blocks that are called free are needed"};
  }
  const Journals journals = journalsOf(volume, g, pack);
  ExtentBuilder used;
  // All that lies in front of the main area: superblocks, checkpoints, both copies of the tables,
  // and the summaries.
  used.add({0, std::uint64_t{g.main} * kBlockSize});
  const Segments segments = readSegments(volume, g, pack, journals, logs, used);
  requireCounts(segments, pack);
  checkNodes(volume, supers.chosen, g, pack, journals, segments);
  UsedMap map;
  map.extents = used.finish();
  const std::uint64_t missing = pack.head.validBlocks - segments.valid;
  if (missing != 0) {
    explainMissing(volume, supers.chosen, g, segments, map.extents, missing);
  }
  return map;
}

}  // namespace disktwin::fs::f2fs
