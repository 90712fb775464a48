// From a source and the engine's plan to what can be dragged.
#pragma once

#include <vector>

#include "gui/protocol/disk.h"
#include "gui/protocol/plan.h"
#include "gui/wizard/fitting.h"

namespace disktwin::gui {

// In the order of the target; empty where no table is written, or limits were not asked for.
std::vector<FitPart> fitParts(const Disk& source, const Plan& plan);

}  // namespace disktwin::gui
