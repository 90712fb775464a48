#include "gui/wizard/part_progress.h"

#include <algorithm>

namespace disktwin::gui {

std::vector<PartProgress> partProgress(const Plan& plan, std::uint64_t done, std::uint64_t total) {
  double planned = 0;
  for (const PlanRegion& region : plan.regions) planned += static_cast<double>(region.bytes);
  // A filesystem that was resized may have other bytes to copy than were planned: what counts are
  // shares.
  double left = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total) * planned;
  std::vector<PartProgress> out;
  for (const PlanRegion& region : plan.regions) {
    const auto bytes = static_cast<double>(region.bytes);
    const double here = std::min(left, bytes);
    left -= here;
    if (region.partition == 0 && plan.regions.size() > 1) continue;
    out.push_back({region.partition, region.what, bytes > 0 ? here / bytes : 1});
  }
  return out;
}

}  // namespace disktwin::gui
