#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "clone/table/findings.h"
#include "clone/table/gpt/format.h"
#include "clone/table/layout.h"
#include "clone/table/mbr/mbr.h"
#include "platform/error.h"

namespace disktwin::table {
namespace {

[[noreturn]] void refuse(const std::string& subject, std::string why) {
  throw Error(ErrorKind::Refused, subject, std::move(why),
              "choose a target with the sector size of the source");
}

// The same bytes, counted in other sectors.
std::uint64_t counted(std::uint64_t lbas, std::uint32_t from, std::uint32_t to,
                      const Partition& partition) {
  const std::uint64_t bytes = lbas * from;
  if (bytes % to == 0) return bytes / to;
  refuse(nameOf(partition), fmt::format("does not begin and end at multiples of {} bytes", to));
}

// Behind the array of entries, and not before where it was.
std::uint64_t firstUsable(const Layout& before, const Layout& after) {
  const std::uint64_t bytes = before.gpt.firstUsableLba * before.sectorSize;
  const std::uint64_t behind = after.gpt.entriesLba + gpt::arraySectors(after);
  return std::max(behind, bytes / after.sectorSize);
}

}  // namespace

Layout withSectorSize(const Layout& layout, std::uint32_t size) {
  if (layout.sectorSize == size || layout.kind == TableKind::None) return layout;
  if (layout.isHybrid()) refuse("partition table", "is a hybrid one");
  Layout out = layout;
  out.sectorSize = size;
  out.sectorCount = layout.sectorCount * layout.sectorSize / size;
  out.mbr.tail.clear();
  std::map<std::uint32_t, Place> places;
  for (const Partition& partition : layout.partitions) {
    if (partition.logical || partition.isContainer()) {
      refuse("partition table", "has logical partitions, which are found by counting sectors");
    }
    places[partition.number] = {counted(partition.firstLba, layout.sectorSize, size, partition),
                                counted(partition.lbaCount, layout.sectorSize, size, partition)};
  }
  if (layout.kind == TableKind::Mbr) return mbr::placed(out, places);
  for (Partition& partition : out.partitions) {
    partition.firstLba = places[partition.number].firstLba;
    partition.lbaCount = places[partition.number].lbaCount;
  }
  out.gpt.entriesLba = 2;
  out.gpt.firstUsableLba = firstUsable(layout, out);
  out.gpt.backupLba = 0;  // relocated() puts it where it belongs
  return out;
}

}  // namespace disktwin::table
