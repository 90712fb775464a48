// How far each partition is, from how far the whole is: they are copied in the order of the plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gui/protocol/plan.h"

namespace disktwin::gui {

struct PartProgress {
  std::uint32_t partition = 0;
  std::string what;
  double fraction = 0;  // 0 to 1
};

// `done` of `total` bytes of the phase. What lies outside partitions has no line of its own.
std::vector<PartProgress> partProgress(const Plan& plan, std::uint64_t done, std::uint64_t total);

}  // namespace disktwin::gui
