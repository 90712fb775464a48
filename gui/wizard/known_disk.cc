#include "gui/wizard/known_disk.h"

#include <algorithm>

namespace disktwin::gui {
namespace {

// The kernel shows an extended partition by its first sectors alone; the table has it not at all.
constexpr std::uint64_t kLargestStub = 4096;

bool tellsLess(const Disk& fresh, const Disk& seen) {
  if (!seen.unreadable.empty()) return false;
  return !fresh.unreadable.empty() || (!fresh.systemsSought && seen.systemsSought);
}

const Partition* find(const Disk& disk, std::uint32_t number) {
  const auto found = std::ranges::find(disk.partitions, number, &Partition::number);
  return found == disk.partitions.end() ? nullptr : &*found;
}

}  // namespace

bool isPartlyUnknown(const Disk& disk) {
  return std::ranges::find(disk.partitions, "unknown", &Partition::role) != disk.partitions.end();
}

Disk asKnown(const Disk& fresh, const Disk& seen) {
  if (!tellsLess(fresh, seen)) return fresh;
  Disk out = seen;
  for (Partition& part : out.partitions) {
    const Partition* now = find(fresh, part.number);
    if (!now || now->offset != part.offset || now->size != part.size) return fresh;
    part.mountedAt = now->mountedAt;
    part.isWritten = now->isWritten;
    part.usedBy = now->usedBy;
  }
  const bool hasMore = std::ranges::any_of(fresh.partitions, [&](const Partition& now) {
    return now.number != 0 && now.size > kLargestStub && !find(seen, now.number);
  });
  return hasMore ? fresh : out;
}

}  // namespace disktwin::gui
