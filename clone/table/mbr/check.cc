#include <fmt/format.h>

#include "clone/table/findings.h"
#include "clone/table/mbr/mbr.h"

namespace disktwin::table::mbr {
namespace {

std::string ebrName(std::uint64_t lba) {
  return fmt::format("the extended boot record at sector {}", lba);
}

// Sector 0, and all that lies side by side on the disk: primaries and containers as a whole.
std::vector<Claim> outerClaims(const Layout& layout) {
  std::vector<Claim> claims{{0, 1, "the master boot record"}};
  for (const Partition& partition : layout.partitions) {
    if (partition.logical) continue;
    claims.push_back({partition.firstLba, partition.lbaCount, nameOf(partition)});
  }
  return claims;
}

// What shares the inside of the extended partition.
std::vector<Claim> innerClaims(const Layout& layout) {
  std::vector<Claim> claims;
  std::uint64_t lastEbr = 0;
  for (const Partition& partition : layout.partitions) {
    if (!partition.logical) continue;
    claims.push_back({partition.firstLba, partition.lbaCount, nameOf(partition)});
    // A record that announces two partitions is met twice, one after the other.
    if (partition.logical->ebrLba != lastEbr) {
      lastEbr = partition.logical->ebrLba;
      claims.push_back({lastEbr, 1, ebrName(lastEbr)});
    }
  }
  for (const EmptyEbr& empty : layout.emptyEbrs)
    claims.push_back({empty.lba, 1, ebrName(empty.lba)});
  return claims;
}

void checkLogicals(Layout& layout) {
  const Partition* container = nullptr;
  for (const Partition& partition : layout.partitions) {
    if (partition.isContainer() && container == nullptr) container = &partition;
    if (!partition.logical || container == nullptr) continue;
    if (partition.firstLba >= container->firstLba && partition.endLba() <= container->endLba()) {
      continue;
    }
    report(layout, Severity::Fatal,
           fmt::format("{}: sectors {} to {} leave the extended partition {} (sectors {} to {}); "
                       "repair the table first",
                       nameOf(partition), partition.firstLba, partition.endLba() - 1,
                       container->number, container->firstLba, container->endLba() - 1));
  }
}

}  // namespace

void check(Layout& layout) {
  for (const Partition& partition : layout.partitions) {
    if (partition.endLba() <= layout.sectorCount) continue;
    report(layout, Severity::Fatal,
           fmt::format("{}: ends at sector {}, but the disk has only {}; was the disk cut short?",
                       nameOf(partition), partition.endLba() - 1, layout.sectorCount));
  }
  checkLogicals(layout);
  reportOverlaps(layout, outerClaims(layout));
  reportOverlaps(layout, innerClaims(layout));
}

}  // namespace disktwin::table::mbr
