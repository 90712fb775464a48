#include <fmt/format.h>

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

}  // namespace disktwin::table
