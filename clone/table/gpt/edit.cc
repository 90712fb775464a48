#include <algorithm>

#include "clone/table/gpt/format.h"
#include "clone/table/gpt/gpt.h"
#include "clone/table/mbr/mbr.h"

namespace disktwin::table::gpt {
namespace {

// A lone protective entry follows the disk's size; hybrid entries stay as they are.
void resizeProtective(Layout& layout) {
  if (layout.isHybrid()) return;
  const MbrEntry usual = protectiveEntry(layout.sectorCount);
  for (MbrEntry& entry : layout.mbr.entries) {
    if (entry.type != mbr::kProtective) continue;
    // All ones on any disk is Windows' way; it needs no change.
    if (entry.lbaCount == usual.lbaCount || entry.lbaCount == 0xFFFFFFFF) return;
    entry.lbaCount = usual.lbaCount;
    entry.lastChs = usual.lastChs;
    return;
  }
}

// Its backup is at the very end already, wherever its entries may lie.
bool endsWithBackup(const Layout& layout, std::uint64_t sectorCount) {
  return layout.sectorCount == sectorCount && layout.gpt.backupLba + 1 == sectorCount;
}

bool inHybrid(const MbrEntry& entry, const Partition& partition) {
  return entry.type != mbr::kProtective && entry.firstLba < partition.endLba() &&
         partition.firstLba < std::uint64_t{entry.firstLba} + entry.lbaCount;
}

}  // namespace

std::uint64_t sectorsNeeded(const Layout& layout) {
  const std::uint64_t array = arraySectors(layout);
  // One usable sector at least, or Linux takes the header for damaged.
  std::uint64_t end = std::max(layout.gpt.firstUsableLba + 1, layout.gpt.entriesLba + array);
  for (const Partition& partition : layout.partitions) end = std::max(end, partition.endLba());
  const std::uint64_t needed = end + array + 1;
  return endsWithBackup(layout, layout.sectorCount) ? std::min(needed, layout.sectorCount) : needed;
}

Layout relocated(const Layout& layout, std::uint64_t sectorCount) {
  Layout out = layout;
  if (!endsWithBackup(layout, sectorCount)) {
    out.gpt.backupLba = sectorCount - 1;
    out.gpt.backupEntriesLba = usualBackupEntries(out.gpt.backupLba, arraySectors(layout));
    out.gpt.lastUsableLba = out.gpt.backupEntriesLba - 1;
  }
  out.sectorCount = sectorCount;
  resizeProtective(out);
  return out;
}

Layout withOnly(const Layout& layout, const std::set<std::uint32_t>& numbers) {
  Layout out = layout;
  for (const Partition& partition : layout.partitions) {
    if (numbers.contains(partition.number)) continue;
    for (MbrEntry& entry : out.mbr.entries) {
      if (inHybrid(entry, partition)) entry = {};
    }
  }
  std::erase_if(out.partitions, [&numbers](const Partition& partition) {
    return !numbers.contains(partition.number);
  });
  // The protective entry of a hybrid ends at the first partition listed beside it.
  if (layout.isHybrid()) resizeProtective(out);
  return out;
}

}  // namespace disktwin::table::gpt
