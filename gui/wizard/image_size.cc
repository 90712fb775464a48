#include "gui/wizard/image_size.h"

#include <algorithm>

namespace disktwin::gui {
namespace {

// The table, what boots, and what the image says about itself.
constexpr std::uint64_t kBesides = 16 << 20;

}  // namespace

std::uint64_t mostForImage(const Disk& disk, const std::set<std::uint32_t>& partitions,
                           bool allSectors) {
  const std::uint64_t whole = disk.size + kBesides;
  if (disk.partitions.empty()) return whole;
  std::uint64_t bytes = kBesides;
  for (const Partition& part : disk.partitions) {
    if (!partitions.empty() && !partitions.contains(part.number)) continue;
    bytes += allSectors ? part.size : std::min(part.size, part.used.value_or(part.size));
  }
  // Partitions may lie inside of each other.
  return std::min(bytes, whole);
}

}  // namespace disktwin::gui
