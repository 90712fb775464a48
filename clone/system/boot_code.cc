#include "clone/system/boot_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "clone/io/endian.h"
#include "platform/error.h"

namespace disktwin::system {
namespace {

// GRUB's boot.img (its boot.h): where the sector number of what it loads stands, in units of 512.
constexpr std::size_t kGrubKernelSector = 0x5C;
constexpr std::uint64_t kSector = 512;

bool holds(const std::array<std::byte, 440>& code, std::string_view text) {
  const std::string_view all(reinterpret_cast<const char*>(code.data()), code.size());
  return all.find(text) != all.npos;
}

// Whether the plan brings the bytes at `at` of the source to the same place on the target.
bool staysThere(const plan::Plan& plan, std::uint64_t at) {
  return std::ranges::any_of(plan.regions, [&](const plan::Region& region) {
    return region.source.contains({at, kSector}) && region.target == region.source.offset &&
           region.resizedTo == 0 && !region.extents.clipped({at, kSector}).empty();
  });
}

BootWay grubWay(const plan::Survey& survey, const plan::Plan& plan) {
  const auto& code = survey.layout.mbr.bootCode;
  const std::uint64_t at = std::uint64_t{structAt<le64>(code, kGrubKernelSector)};
  const bool isSane = at != 0 && at < survey.disk->size() / kSector;
  if (!isSane || !staysThere(plan, at * kSector)) {
    return {"BIOS", false,
            "GRUB in sector 0 looks for its core where the copy has nothing (install it anew)"};
  }
  const std::uint64_t offset = at * kSector;
  for (const table::Partition& partition : survey.layout.partitions) {
    if (!partition.isContainer() && survey.layout.bytesOf(partition).contains({offset, kSector})) {
      return {"BIOS", true,
              fmt::format("GRUB in sector 0, its core on partition {}", partition.number)};
    }
  }
  return {"BIOS", true, "GRUB in sector 0, its core before the first partition"};
}

}  // namespace

BootWay biosWay(const plan::Survey& survey, const plan::Plan& plan) {
  const auto& code = survey.layout.mbr.bootCode;
  if (std::ranges::all_of(code, [](std::byte b) { return b == std::byte{0}; })) {
    return {"BIOS", false, "sector 0 holds no boot code"};
  }
  if (holds(code, "GRUB")) return grubWay(survey, plan);
  for (const table::Partition& partition : plan.targetLayout.partitions) {
    if (!partition.isActive() || survey.layout.kind != table::TableKind::Mbr) continue;
    return {
        "BIOS", true,
        fmt::format("boot code in sector 0, and partition {}, which is active", partition.number)};
  }
  if (survey.layout.kind == table::TableKind::Gpt) {
    return {"BIOS", false, "boot code in sector 0 that is not known"};
  }
  return {"BIOS", false, "boot code in sector 0, but no partition is active"};
}

}  // namespace disktwin::system
