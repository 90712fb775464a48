#include <algorithm>
#include <vector>

#include "clone/table/gpt/gpt.h"
#include "clone/table/layout.h"
#include "clone/table/mbr/mbr.h"

namespace disktwin::table {
namespace {

constexpr std::uint64_t kSmallest = 512;

// The disk's own sector size, then the other usual ones: bridges translate.
std::vector<std::uint32_t> unitsOf(const BlockReader& disk) {
  std::vector<std::uint32_t> units{disk.sectorSize()};
  for (const std::uint32_t usual : {512U, 4096U}) {
    if (usual != units.front()) units.push_back(usual);
  }
  std::erase_if(units, [&disk](std::uint32_t unit) { return unit == 0 || unit > disk.size(); });
  return units;
}

}  // namespace

Layout parse(const BlockReader& disk) {
  Layout none;
  none.sectorSize = disk.sectorSize();
  none.sectorCount = disk.size() / std::max(none.sectorSize, 1U);
  const std::vector<std::uint32_t> units = unitsOf(disk);
  if (disk.size() < kSmallest || units.empty()) return none;

  const mbr::SectorZero zero = mbr::readSectorZero(disk);
  if (auto gpt = gpt::read(disk, zero, units)) return std::move(*gpt);
  // Without a protective entry Linux looks at the MBR alone, whatever GPT may be left behind it.
  Layout layout = zero.isMbr() && !zero.announcesGpt() ? mbr::read(disk, zero, units) : none;
  gpt::reportRemnants(disk, layout.sectorSize, layout);
  return layout;
}

}  // namespace disktwin::table
