#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "clone/table/findings.h"
#include "clone/table/mbr/chain.h"
#include "clone/table/mbr/mbr.h"

namespace disktwin::table::mbr {
namespace {

struct Attempt {
  Layout layout;
  bool fits = true;  // every partition ends on the disk, every extended boot record is in its place
};

void readExtended(const BlockReader& disk, Attempt& attempt) {
  Layout& layout = attempt.layout;
  std::vector<Partition> containers;
  std::copy_if(layout.partitions.begin(), layout.partitions.end(), std::back_inserter(containers),
               [](const Partition& partition) { return partition.isContainer(); });
  if (containers.empty()) return;
  if (!readChain(disk, containers.front(), layout)) attempt.fits = false;
  for (std::size_t i = 1; i < containers.size(); ++i) {
    // libfdisk ignores a second one, Linux numbers on in it: harmless only while it is empty.
    const bool used = holdsChain(disk, containers[i], layout);
    report(layout, used ? Severity::Fatal : Severity::Note,
           fmt::format("partition {}: a second extended partition beside {}; {}",
                       containers[i].number, containers.front().number,
                       used ? "systems differ in which logical partitions they see"
                            : "it is empty and ignored"));
  }
}

Attempt readAt(const BlockReader& disk, const SectorZero& zero, std::uint32_t unit) {
  Attempt attempt;
  Layout& layout = attempt.layout;
  layout.kind = TableKind::Mbr;
  layout.sectorSize = unit;
  layout.sectorCount = disk.size() / unit;
  layout.mbr = zero.record;
  layout.mbr.tail = readTail(disk, unit);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const MbrEntry& entry = zero.record.entries[i];
    if (entry.isEmpty()) continue;
    Partition partition;
    partition.number = i + 1;
    partition.firstLba = entry.firstLba;
    partition.lbaCount = entry.lbaCount;
    partition.mbr = entry;
    layout.partitions.push_back(std::move(partition));
  }
  readExtended(disk, attempt);
  check(layout);
  for (const Partition& partition : layout.partitions) {
    if (partition.endLba() > layout.sectorCount) attempt.fits = false;
  }
  return attempt;
}

}  // namespace

Layout read(const BlockReader& disk, const SectorZero& zero, std::span<const std::uint32_t> units) {
  Attempt first = readAt(disk, zero, units.front());
  if (first.fits) return std::move(first.layout);
  // An MBR does not say in which unit it counts. Bridges change the unit of a disk, so when it
  // makes no sense in the disk's own one, the other may be meant.
  for (const std::uint32_t unit : units.subspan(1)) {
    Attempt other = readAt(disk, zero, unit);
    if (!other.fits || other.layout.isFatal()) continue;
    report(other.layout, Severity::Note,
           fmt::format("partition table: counts in sectors of {} bytes, the disk's own have {}",
                       unit, units.front()));
    return std::move(other.layout);
  }
  return std::move(first.layout);
}

}  // namespace disktwin::table::mbr
