#include "gui/wizard/fit_parts.h"

#include <algorithm>

namespace disktwin::gui {

std::vector<FitPart> fitParts(const Disk& source, const Plan& plan) {
  std::vector<FitPart> out;
  if (plan.room == 0) return out;
  std::vector<PlanPlace> places = plan.places;
  std::ranges::sort(places, {}, &PlanPlace::offset);
  for (const PlanPlace& place : places) {
    FitPart part;
    part.number = place.number;
    part.before = place.size;
    part.after = place.size;
    part.smallest = place.size;
    const auto from = std::ranges::find(source.partitions, place.number, &Partition::number);
    if (from != source.partitions.end()) {
      part.title = from->title();
      part.filesystem = from->filesystem;
      part.role = from->role;
      part.before = from->size;
      part.used = from->used.value_or(0);
    }
    const auto limit = std::ranges::find(plan.limits, place.number, &Plan::Limit::number);
    if (limit != plan.limits.end()) {
      part.smallest = std::min(limit->smallest, part.after);
      part.canGrow = limit->canGrow;
      part.whyRigid = limit->because;
    }
    out.push_back(std::move(part));
  }
  return out;
}

}  // namespace disktwin::gui
