// How long a run may take, before it has begun: from what kinds of disks take part.
#pragma once

#include <optional>

#include "gui/protocol/plan.h"
#include "gui/wizard/model.h"

namespace disktwin::gui {

struct Estimate {
  double least = 0;  // seconds
  double most = 0;
};

// `from`, `to`: as they are known from the list of disks; no target: an image. By the choices:
// whether all is read once more, and how hard an image is compressed. `limit`: what their limit is
// in bytes a second, 0 for none.
Estimate estimate(const Plan& plan, const Disk& from, const Disk* to, const Choices& choices,
                  std::uint64_t limit = 0);

}  // namespace disktwin::gui
