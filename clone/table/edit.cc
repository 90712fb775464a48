#include <fmt/format.h>

#include <algorithm>

#include "clone/table/findings.h"
#include "clone/table/gpt/gpt.h"
#include "clone/table/layout.h"
#include "clone/table/mbr/mbr.h"
#include "platform/error.h"

namespace disktwin::table {
namespace {

[[noreturn]] void refuse(const Layout& layout, std::uint64_t needed, std::uint64_t sectorCount) {
  const Partition* last = nullptr;
  for (const Partition& partition : layout.partitions) {
    if (last == nullptr || partition.endLba() > last->endLba()) last = &partition;
  }
  const std::string subject = last != nullptr ? nameOf(*last) : "partition table";
  const std::uint64_t missing = needed - sectorCount;
  throw Error(ErrorKind::Refused, subject,
              fmt::format("needs a disk of {} bytes, this one has {}: {} bytes are missing",
                          needed * layout.sectorSize, sectorCount * layout.sectorSize,
                          missing * layout.sectorSize),
              "take a larger disk or make the partition smaller");
}

}  // namespace

std::uint64_t sectorsNeeded(const Layout& layout) {
  switch (layout.kind) {
    case TableKind::None:
      return 0;
    case TableKind::Mbr:
      return mbr::sectorsNeeded(layout);
    case TableKind::Gpt:
      return gpt::sectorsNeeded(layout);
  }
  return 0;
}

Layout relocated(const Layout& layout, std::uint64_t sectorCount) {
  if (layout.isFatal()) {
    throw Error(ErrorKind::Invalid, "partition table",
                "contradicts itself, so it cannot be fitted to another disk");
  }
  const std::uint64_t needed = sectorsNeeded(layout);
  if (sectorCount < needed) refuse(layout, needed, sectorCount);
  Layout out = layout.kind == TableKind::Gpt ? gpt::relocated(layout, sectorCount) : layout;
  out.sectorCount = sectorCount;
  out.findings.clear();
  return out;
}

std::uint64_t usableEnd(const Layout& layout, std::uint64_t sectorCount) {
  if (layout.kind != TableKind::Gpt) {
    // What an MBR can say: the last sector that can be named, and not more.
    constexpr std::uint64_t kMost = 0xFFFFFFFF;
    return std::min(sectorCount, kMost);
  }
  Layout empty = layout;
  empty.partitions.clear();
  if (sectorCount < gpt::sectorsNeeded(empty)) return 0;
  return gpt::relocated(empty, sectorCount).gpt.lastUsableLba + 1;
}

Layout withOnly(const Layout& layout, const std::set<std::uint32_t>& numbers) {
  for (const std::uint32_t number : numbers) {
    const Partition* partition = layout.find(number);
    if (partition == nullptr) {
      throw Error(ErrorKind::Usage, fmt::format("partition {}", number), "does not exist");
    }
    if (partition->isContainer()) {
      throw Error(ErrorKind::Usage, fmt::format("partition {}", number),
                  "is an extended partition, which has no content of its own",
                  "name the logical partitions in it");
    }
  }
  if (layout.kind == TableKind::None) return layout;
  return layout.kind == TableKind::Gpt ? gpt::withOnly(layout, numbers)
                                       : mbr::withOnly(layout, numbers);
}

Layout placed(const Layout& layout, const std::map<std::uint32_t, Place>& places,
              std::uint64_t sectorCount) {
  const bool moves = std::any_of(
      layout.partitions.begin(), layout.partitions.end(), [&](const Partition& partition) {
        const auto found = places.find(partition.number);
        return found != places.end() && (found->second.firstLba != partition.firstLba ||
                                         found->second.lbaCount != partition.lbaCount);
      });
  if (!moves) return relocated(layout, sectorCount);
  if (layout.isHybrid()) {
    throw Error(ErrorKind::Refused, "partition table",
                "is a hybrid one, whose MBR would name places where partitions were",
                "keep the partitions as they are (--fit keep)");
  }
  if (layout.kind == TableKind::Mbr) return relocated(mbr::placed(layout, places), sectorCount);
  Layout out = layout;
  const std::uint64_t end = usableEnd(layout, sectorCount);
  for (Partition& partition : out.partitions) {
    const auto found = places.find(partition.number);
    if (found == places.end()) continue;
    partition.firstLba = found->second.firstLba;
    partition.lbaCount = found->second.lbaCount;
    if (partition.endLba() > end) refuse(out, sectorCount + partition.endLba() - end, sectorCount);
  }
  return relocated(out, sectorCount);
}

}  // namespace disktwin::table
