// How long a run may take, before it has begun: from what kinds of disks take part.
#pragma once

#include "gui/protocol/plan.h"

namespace disktwin::gui {

struct Estimate {
  double least = 0;  // seconds
  double most = 0;
};

// `from`, `to`: as they are known from the list of disks; no target: an image. `reads`: how
// often everything is gone through: 2 with a verification.
Estimate estimate(const Plan& plan, const Disk& from, const Disk* to, int reads);

}  // namespace disktwin::gui
