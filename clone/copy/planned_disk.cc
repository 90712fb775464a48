#include "clone/copy/planned_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "platform/error.h"

namespace disktwin::copy {
namespace {

// The first extent of a set that ends behind `from`.
auto firstBehind(const ExtentSet& set, std::uint64_t from) {
  return std::upper_bound(set.begin(), set.end(), from,
                          [](std::uint64_t at, const Extent& e) { return at < e.end(); });
}

}  // namespace

PlannedDisk::PlannedDisk(const plan::Plan& plan, ReaderPtr source)
    : plan_(plan), source_(std::move(source)) {
  for (const plan::Region& region : plan_.regions) {
    if (region.target != region.source.offset) {
      throw Error(ErrorKind::Failed, source_->name(), "a plan that moves things", "report this");
    }
  }
}

void PlannedDisk::read(std::uint64_t offset, std::span<std::byte> out) const {
  const Extent wanted{offset, out.size()};
  if (!extentFits(offset, out.size(), size())) {
    throw Error(ErrorKind::Invalid, name(), "a read beyond its end", {}, wanted);
  }
  std::uint64_t done = offset;  // all before is filled
  const auto fill = [&](std::uint64_t to) {
    std::memset(out.data() + (done - offset), 0, static_cast<std::size_t>(to - done));
    done = to;
  };
  for (const plan::Region& region : plan_.regions) {
    if (!region.source.overlaps(wanted)) continue;
    for (auto it = firstBehind(region.extents, done); it != region.extents.end(); ++it) {
      const Extent part = intersection(*it, wanted);
      if (part.empty()) break;
      fill(part.offset);
      source_->read(part.offset, out.subspan(static_cast<std::size_t>(part.offset - offset),
                                             static_cast<std::size_t>(part.length)));
      done = part.end();
    }
  }
  fill(wanted.end());
  for (const table::TableBlock& block : plan_.table) {
    const Extent part = intersection({block.offset, block.bytes.size()}, wanted);
    if (part.empty()) continue;
    std::memcpy(out.data() + (part.offset - offset),
                block.bytes.data() + (part.offset - block.offset),
                static_cast<std::size_t>(part.length));
  }
}

// The next bytes that come from the source; length 0 at the end.
Extent PlannedDisk::nextPlanned(std::uint64_t from) const {
  for (const plan::Region& region : plan_.regions) {
    if (region.source.end() <= from) continue;
    const auto it = firstBehind(region.extents, from);
    if (it == region.extents.end()) continue;
    const std::uint64_t at = std::max(it->offset, from);
    return {at, it->end() - at};
  }
  return {size(), 0};
}

// A hole of the source is one here too.
Extent PlannedDisk::nextInRegions(std::uint64_t from) const {
  while (true) {
    const Extent planned = nextPlanned(from);
    if (planned.empty()) return planned;
    const Extent data = source_->nextData(planned.offset);
    if (data.empty()) return {size(), 0};
    const Extent found = intersection(data, planned);
    if (!found.empty()) return found;
    from = data.offset;
  }
}

Extent PlannedDisk::nextData(std::uint64_t from) const {
  if (from >= size()) return {size(), 0};
  Extent best = nextInRegions(from);
  for (const table::TableBlock& block : plan_.table) {
    const Extent part = intersection({block.offset, block.bytes.size()}, {from, size() - from});
    if (!part.empty() && (best.empty() || part.offset < best.offset)) best = part;
  }
  return best;
}

}  // namespace disktwin::copy
