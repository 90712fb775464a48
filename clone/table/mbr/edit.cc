#include <fmt/format.h>

#include <algorithm>

#include "clone/table/mbr/chain.h"
#include "clone/table/mbr/mbr.h"
#include "platform/error.h"

namespace disktwin::table::mbr {
namespace {

// Linux counts the logical partitions along the chain, so one may only be left out together with
// all behind it.
void refuseRenumbering(const Layout& layout, const std::set<std::uint32_t>& numbers) {
  const Partition* dropped = nullptr;
  for (const Partition& partition : layout.partitions) {
    if (!partition.logical) continue;
    if (!numbers.contains(partition.number)) {
      if (dropped == nullptr) dropped = &partition;
    } else if (dropped != nullptr) {
      throw Error(ErrorKind::Refused, fmt::format("partition {}", partition.number),
                  fmt::format("would become number {} when partition {} is left out",
                              dropped->number, dropped->number),
                  fmt::format("take partition {} along", dropped->number));
    }
  }
}

const Partition* firstContainer(const Layout& layout) {
  const auto found = std::find_if(layout.partitions.begin(), layout.partitions.end(),
                                  [](const Partition& p) { return p.isContainer(); });
  return found == layout.partitions.end() ? nullptr : &*found;
}

// Cuts the chain behind the last logical partition that is left.
void cutChain(Layout& layout, const Partition& container) {
  Partition& last = layout.partitions.back();
  // What lay in the ignored entries could pass for a link now.
  last.logical->link = {};
  last.logical->others = {};
  last.logical->linkSlot = last.logical->slot == 0 ? 1 : 0;
  std::set<std::uint64_t> reached;
  std::uint64_t lba = container.firstLba;
  while (lba != last.logical->ebrLba && lba != 0 && reached.insert(lba).second) {
    std::uint64_t next = 0;
    for (const Partition& partition : layout.partitions) {
      if (partition.logical && partition.logical->ebrLba == lba) {
        next = nextEbr(container, *partition.logical);
      }
    }
    for (const EmptyEbr& empty : layout.emptyEbrs) {
      if (empty.lba == lba) next = nextEbr(container, empty.entries);
    }
    lba = next;
  }
  std::erase_if(layout.emptyEbrs,
                [&reached](const EmptyEbr& empty) { return !reached.contains(empty.lba); });
}

}  // namespace

std::uint64_t sectorsNeeded(const Layout& layout) {
  std::uint64_t needed = 1;
  for (const Partition& partition : layout.partitions)
    needed = std::max(needed, partition.endLba());
  return needed;
}

Layout withOnly(const Layout& layout, const std::set<std::uint32_t>& numbers) {
  refuseRenumbering(layout, numbers);
  Layout out = layout;
  const auto isLogical = [](const Partition& partition) { return partition.logical.has_value(); };
  std::erase_if(out.partitions, [&](const Partition& partition) {
    return !partition.isContainer() && !numbers.contains(partition.number);
  });
  const auto logicals = std::count_if(out.partitions.begin(), out.partitions.end(), isLogical);
  const auto before = std::count_if(layout.partitions.begin(), layout.partitions.end(), isLogical);
  const Partition* container = firstContainer(layout);
  std::erase_if(out.partitions, [&](const Partition& partition) {
    return partition.isContainer() && (logicals == 0 || partition.number != container->number);
  });
  if (logicals == 0) out.emptyEbrs.clear();
  if (logicals != 0 && logicals < before) cutChain(out, *container);
  for (std::uint32_t i = 0; i < 4; ++i) {
    if (!out.mbr.entries[i].isEmpty() && out.find(i + 1) == nullptr) out.mbr.entries[i] = {};
  }
  return out;
}

}  // namespace disktwin::table::mbr
