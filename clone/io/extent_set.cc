#include "clone/io/extent_set.h"

#include <algorithm>
#include <limits>

namespace disktwin {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

Extent cut(Extent extent) {
  extent.length = std::min(extent.length, kMax - extent.offset);
  return extent;
}

// Appends to a set that is sorted so far: `extent` starts at or after the last one's start.
void append(std::vector<Extent>& out, Extent extent, std::uint64_t gap = 0) {
  if (extent.empty()) return;
  if (!out.empty() && extent.offset <= out.back().end()) {
    out.back().length = std::max(out.back().end(), extent.end()) - out.back().offset;
  } else if (!out.empty() && extent.offset - out.back().end() < gap) {
    out.back().length = extent.end() - out.back().offset;
  } else {
    out.push_back(extent);
  }
}

void sortAndMerge(std::vector<Extent>& extents, std::uint64_t gap) {
  if (!std::is_sorted(extents.begin(), extents.end())) std::sort(extents.begin(), extents.end());
  std::vector<Extent> merged;
  for (const Extent& extent : extents) append(merged, extent, gap);
  extents = std::move(merged);
}

// The first extent that ends after `offset`.
std::vector<Extent>::const_iterator firstEndingAfter(const std::vector<Extent>& extents,
                                                     std::uint64_t offset) {
  return std::upper_bound(extents.begin(), extents.end(), offset,
                          [](std::uint64_t at, const Extent& e) { return at < e.end(); });
}

}  // namespace

ExtentSet::ExtentSet(std::initializer_list<Extent> extents) {
  for (const Extent& extent : extents) add(extent);
}

ExtentSet ExtentSet::from(std::vector<Extent> extents) {
  for (Extent& extent : extents) extent = cut(extent);
  sortAndMerge(extents, 0);
  ExtentSet out;
  out.extents_ = std::move(extents);
  return out;
}

void ExtentSet::add(Extent extent) {
  extent = cut(extent);
  if (extent.empty()) return;
  if (extents_.empty() || extent.offset >= extents_.back().offset) {
    append(extents_, extent);
    return;
  }
  // The run of extents that touch the new one is replaced by their union.
  auto first = std::lower_bound(extents_.begin(), extents_.end(), extent.offset,
                                [](const Extent& e, std::uint64_t at) { return e.end() < at; });
  auto last = first;
  while (last != extents_.end() && last->offset <= extent.end()) {
    const std::uint64_t to = std::max(extent.end(), last->end());
    extent.offset = std::min(extent.offset, last->offset);
    extent.length = to - extent.offset;
    ++last;
  }
  if (first == last) {
    extents_.insert(first, extent);
  } else {
    *first = extent;
    extents_.erase(first + 1, last);
  }
}

std::uint64_t ExtentSet::bytes() const {
  std::uint64_t sum = 0;
  for (const Extent& extent : extents_) sum += extent.length;
  return sum;
}

bool ExtentSet::contains(Extent extent) const {
  if (extent.empty()) return true;
  const auto at = firstEndingAfter(extents_, extent.offset);
  return at != extents_.end() && at->contains(cut(extent));
}

bool ExtentSet::intersects(Extent extent) const {
  if (extent.empty()) return false;
  const auto at = firstEndingAfter(extents_, extent.offset);
  return at != extents_.end() && at->overlaps(cut(extent));
}

ExtentSet ExtentSet::clipped(Extent within) const {
  within = cut(within);
  ExtentSet out;
  for (auto at = firstEndingAfter(extents_, within.offset);
       at != extents_.end() && at->offset < within.end(); ++at) {
    append(out.extents_, intersection(*at, within));
  }
  return out;
}

ExtentSet ExtentSet::shiftedUp(std::uint64_t distance) const {
  ExtentSet out;
  for (const Extent& extent : extents_) {
    if (extent.offset > kMax - distance) break;
    append(out.extents_, cut({extent.offset + distance, extent.length}));
  }
  return out;
}

ExtentSet ExtentSet::shiftedDown(std::uint64_t distance) const {
  ExtentSet out;
  for (const Extent& extent : extents_) {
    const Extent kept = intersection(extent, {distance, kMax - distance});
    if (!kept.empty()) append(out.extents_, {kept.offset - distance, kept.length});
  }
  return out;
}

ExtentSet ExtentSet::aligned(std::uint64_t unit, std::uint64_t limit) const {
  ExtentSet out;
  for (const Extent& extent : extents_) {
    const std::uint64_t from = roundDown(extent.offset, unit);
    const std::uint64_t to = std::min(std::max(roundUp(extent.end(), unit), extent.end()), limit);
    if (from < to) append(out.extents_, {from, to - from});
  }
  return out;
}

ExtentSet ExtentSet::withGapsFilled(std::uint64_t gap) const {
  ExtentSet out;
  for (const Extent& extent : extents_) append(out.extents_, extent, gap);
  return out;
}

ExtentSet unite(const ExtentSet& a, const ExtentSet& b) {
  ExtentSet out;
  out.extents_.reserve(a.size() + b.size());
  auto x = a.begin();
  auto y = b.begin();
  while (x != a.end() || y != b.end()) {
    const bool takeA = y == b.end() || (x != a.end() && x->offset <= y->offset);
    append(out.extents_, takeA ? *x++ : *y++);
  }
  return out;
}

ExtentSet subtract(const ExtentSet& a, const ExtentSet& b) {
  ExtentSet out;
  auto hole = b.begin();
  for (Extent rest : a) {
    while (hole != b.end() && hole->end() <= rest.offset) ++hole;
    for (auto h = hole; !rest.empty(); ++h) {
      if (h == b.end() || h->offset >= rest.end()) {
        append(out.extents_, rest);
        break;
      }
      if (h->offset > rest.offset) append(out.extents_, {rest.offset, h->offset - rest.offset});
      if (h->end() >= rest.end()) break;
      rest = {h->end(), rest.end() - h->end()};
    }
  }
  return out;
}

ExtentBuilder::ExtentBuilder(std::uint64_t gap, std::size_t most) : gap_(gap), most_(most) {}

void ExtentBuilder::add(Extent extent) {
  extent = cut(extent);
  if (extent.empty()) return;
  // The usual case, a map walked in order, never lets the buffer grow beyond its result.
  if (!pending_.empty() && extent.offset >= pending_.back().offset) {
    append(pending_, extent, gap_);
  } else {
    pending_.push_back(extent);
  }
  if (pending_.size() >= 2 * most_) compact();
}

void ExtentBuilder::compact() {
  sortAndMerge(pending_, gap_);
  while (pending_.size() > most_) {
    gap_ = gap_ == 0 ? 4 * KiB : gap_ * 2;
    sortAndMerge(pending_, gap_);
  }
}

ExtentSet ExtentBuilder::finish() {
  compact();
  ExtentSet out = ExtentSet::from(std::move(pending_));
  pending_.clear();
  return out;
}

}  // namespace disktwin
