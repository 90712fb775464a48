#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "clone/table/mbr/mbr.h"
#include "platform/error.h"

namespace disktwin::table::mbr {
namespace {

// "Use the LBA instead": what everybody writes for places beyond the reach of CHS.
constexpr std::array<std::uint8_t, 3> kNoChs = {0xFE, 0xFF, 0xFF};

void put(Partition& partition, const Place& place) {
  if (partition.firstLba != place.firstLba) partition.mbr.firstChs = kNoChs;
  if (partition.firstLba + partition.lbaCount != place.firstLba + place.lbaCount) {
    partition.mbr.lastChs = kNoChs;
  }
  if (partition.logical) partition.logical->ebrLba += place.firstLba - partition.firstLba;
  partition.firstLba = place.firstLba;
  partition.lbaCount = place.lbaCount;
  // The same as it will be read back.
  const std::uint64_t base = partition.logical ? partition.logical->ebrLba : 0;
  partition.mbr.firstLba = static_cast<std::uint32_t>(place.firstLba - base);
  partition.mbr.lbaCount = static_cast<std::uint32_t>(place.lbaCount);
}

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::Refused, "partition table",
              fmt::format("has {}, so its logical partitions cannot be moved", why),
              "keep the partitions as they are (--fit keep)");
}

// Each boot record announces one partition at least a sector behind it, and lies in no partition.
void checkRecords(const Layout& layout) {
  if (!layout.emptyEbrs.empty()) refuse("boot records without a partition");
  std::uint64_t before = 0;
  for (const Partition& partition : layout.partitions) {
    if (!partition.logical) continue;
    if (partition.logical->ebrLba >= partition.firstLba) refuse("boot records behind partitions");
    // The chain begins where the container does, and goes up from there.
    if (partition.firstLba < before) refuse("a chain that does not follow the disk");
    before = partition.firstLba;
    for (const Partition& other : layout.partitions) {
      if (!other.logical || &other == &partition) continue;
      if (other.logical->ebrLba == partition.logical->ebrLba) refuse("shared boot records");
    }
  }
}

void linkUp(Layout& layout, const Partition& container) {
  Partition* before = nullptr;
  for (Partition& partition : layout.partitions) {
    if (!partition.logical) continue;
    LogicalLink& link = *partition.logical;
    if (before != nullptr) {
      MbrEntry& to = before->logical->link;
      to.firstLba = static_cast<std::uint32_t>(link.ebrLba - container.firstLba);
      to.lbaCount = static_cast<std::uint32_t>(partition.endLba() - link.ebrLba);
      to.firstChs = kNoChs;
      to.lastChs = kNoChs;
    }
    before = &partition;
  }
}

// Around its logical partitions, from the first record to the end of the last of them.
void fitContainer(Layout& layout) {
  Place whole{std::numeric_limits<std::uint64_t>::max(), 0};
  std::uint64_t end = 0;
  for (const Partition& partition : layout.partitions) {
    if (!partition.logical) continue;
    whole.firstLba = std::min(whole.firstLba, partition.logical->ebrLba);
    end = std::max(end, partition.endLba());
  }
  whole.lbaCount = end - whole.firstLba;
  for (Partition& partition : layout.partitions) {
    if (!partition.isContainer()) continue;
    put(partition, whole);
    linkUp(layout, partition);
    break;
  }
}

}  // namespace

Layout placed(const Layout& layout, const std::map<std::uint32_t, Place>& places) {
  Layout out = layout;
  bool logicalMoves = false;
  for (Partition& partition : out.partitions) {
    const auto found = places.find(partition.number);
    if (found == places.end()) continue;
    const Place& place = found->second;
    const bool changes =
        partition.firstLba != place.firstLba || partition.lbaCount != place.lbaCount;
    if (changes && partition.logical && !logicalMoves) {
      checkRecords(layout);
      logicalMoves = true;
    }
    put(partition, place);
  }
  if (logicalMoves) fitContainer(out);
  for (const Partition& partition : out.partitions) {
    if (!partition.logical) out.mbr.entries.at(partition.number - 1) = partition.mbr;
  }
  return out;
}

}  // namespace disktwin::table::mbr
