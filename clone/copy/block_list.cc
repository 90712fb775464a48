#include "clone/copy/block_list.h"

#include <algorithm>

namespace disktwin::copy {
namespace {

// The plan's `last`, which is in target bytes, where this region's source bytes are.
ExtentSet heldBackOf(const plan::Plan& plan, const plan::Region& region) {
  return plan.last.clipped({region.target, region.source.length})
      .shiftedDown(region.target)
      .shiftedUp(region.source.offset);
}

}  // namespace

BlockList::BlockList(const plan::Plan& plan, std::uint64_t grid) : plan_(plan), grid_(grid) {
  if (plan.last.empty()) return;
  for (std::size_t i = 0; i < plan.regions.size(); ++i) {
    const plan::Region& region = plan.regions[i];
    for (const Extent& held : heldBackOf(plan, region)) {
      for (const Extent& extent : region.extents.clipped(held)) held_.push_back({i, extent});
    }
  }
  std::sort(held_.begin(), held_.end(), [&](const HeldBack& a, const HeldBack& b) {
    return plan.regions[a.region].targetOf(a.extent.offset) <
           plan.regions[b.region].targetOf(b.extent.offset);
  });
}

bool BlockList::nextExtent() {
  for (; region_ < plan_.regions.size(); ++region_, loaded_ = false) {
    const plan::Region& region = plan_.regions[region_];
    if (!loaded_) {
      // Without anything held back the plan's own list serves; copying it would double its memory.
      now_ = plan_.last.empty() ? std::vector<Extent>{}
                                : subtract(region.extents, heldBackOf(plan_, region)).extents();
      extent_ = 0;
      loaded_ = true;
    }
    const std::vector<Extent>& extents = plan_.last.empty() ? region.extents.extents() : now_;
    if (extent_ < extents.size()) {
      rest_ = extents[extent_++];
      current_ = region_;
      return true;
    }
  }
  if (held_.empty() || !heldBackStarted_) return false;
  rest_ = held_.back().extent;
  current_ = held_.back().region;
  held_.pop_back();
  return true;
}

std::optional<Block> BlockList::next() {
  if (rest_.empty() && !nextExtent()) return std::nullopt;
  const std::uint64_t stop = std::min(roundDown(rest_.offset, grid_) + grid_, rest_.end());
  Block block;
  block.sequence = sequence_++;
  block.region = current_;
  block.source = {rest_.offset, stop - rest_.offset};
  block.target = plan_.regions[current_].targetOf(rest_.offset);
  rest_ = {stop, rest_.end() - stop};
  return block;
}

}  // namespace disktwin::copy
