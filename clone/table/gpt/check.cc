#include <fmt/format.h>

#include <algorithm>

#include "clone/table/findings.h"
#include "clone/table/gpt/format.h"
#include "clone/table/gpt/gpt.h"
#include "clone/table/mbr/mbr.h"

namespace disktwin::table::gpt {
namespace {

void checkRange(Layout& layout, const Partition& partition) {
  const GptHeader& gpt = layout.gpt;
  if (partition.lbaCount == 0) {
    report(layout, Severity::Fatal,
           fmt::format("{}: ends before its first sector {}; repair the table first",
                       nameOf(partition), partition.firstLba));
    return;
  }
  const std::uint64_t last = partition.endLba() - 1;
  if (last >= layout.sectorCount) {
    report(layout, Severity::Fatal,
           fmt::format("{}: ends at sector {}, but the disk has only {}; was the disk cut short?",
                       nameOf(partition), last, layout.sectorCount));
  } else if (partition.firstLba < gpt.firstUsableLba || last > gpt.lastUsableLba) {
    report(layout, Severity::Fatal,
           fmt::format("{}: sectors {} to {}, usable are only {} to {}; repair the table first",
                       nameOf(partition), partition.firstLba, last, gpt.firstUsableLba,
                       gpt.lastUsableLba));
  }
}

// The table's own places and the partitions must not share sectors.
void checkPlaces(Layout& layout) {
  const GptHeader& gpt = layout.gpt;
  const std::uint64_t array = arraySectors(layout);
  std::vector<Claim> claims{{0, 1, "the protective MBR"},
                            {kHeaderLba, 1, "the primary GPT header"},
                            {gpt.entriesLba, array, "the primary GPT entries"},
                            {gpt.backupEntriesLba, array, "the backup GPT entries"},
                            {gpt.backupLba, 1, "the backup GPT header"}};
  for (const Claim& claim : claims) {
    if (extentFits(claim.firstLba, claim.lbaCount, layout.sectorCount)) continue;
    report(layout, Severity::Fatal,
           fmt::format("{}: {} sectors from {} on leave no room on a disk of {} sectors",
                       claim.owner, claim.lbaCount, claim.firstLba, layout.sectorCount));
  }
  for (const Partition& partition : layout.partitions) {
    claims.push_back({partition.firstLba, partition.lbaCount, nameOf(partition)});
  }
  reportOverlaps(layout, std::move(claims));
}

void noteTwins(Layout& layout) {
  std::vector<const Partition*> sorted;
  for (const Partition& partition : layout.partitions) sorted.push_back(&partition);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Partition* a, const Partition* b) { return a->id < b->id; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i]->id != sorted[i - 1]->id) continue;
    report(
        layout, Severity::Note,
        fmt::format("{}: has the same GUID as {} ({}); systems that look for it by GUID may take "
                    "the wrong one",
                    nameOf(*sorted[i]), nameOf(*sorted[i - 1]), sorted[i]->id.toString()));
  }
}

void noteHybrid(Layout& layout) {
  report(layout, Severity::Note,
         "hybrid MBR: lists partitions beside the protective entry; kept as it is");
  for (const MbrEntry& entry : layout.mbr.entries) {
    if (entry.isEmpty() || entry.type == mbr::kProtective) continue;
    const bool known = std::any_of(
        layout.partitions.begin(), layout.partitions.end(), [&entry](const Partition& partition) {
          return partition.firstLba == entry.firstLba && partition.lbaCount == entry.lbaCount;
        });
    if (known) continue;
    report(layout, Severity::Note,
           fmt::format("hybrid MBR: its entry of {} sectors at {} is no partition of the GPT",
                       entry.lbaCount, entry.firstLba));
  }
}

void noteProtectiveSize(Layout& layout) {
  const std::uint32_t expected = protectiveEntry(layout.sectorCount).lbaCount;
  for (const MbrEntry& entry : layout.mbr.entries) {
    // Windows writes all ones whatever the disk's size.
    if (entry.type != mbr::kProtective || entry.lbaCount == expected ||
        entry.lbaCount == 0xFFFFFFFF) {
      continue;
    }
    report(layout, Severity::Note,
           fmt::format("protective MBR: covers {} sectors, expected {}", entry.lbaCount, expected));
  }
}

}  // namespace

void check(Layout& layout) {
  for (const Partition& partition : layout.partitions) checkRange(layout, partition);
  checkPlaces(layout);
  noteTwins(layout);
  if (layout.isHybrid()) {
    noteHybrid(layout);
  } else {
    noteProtectiveSize(layout);
  }
}

}  // namespace disktwin::table::gpt
