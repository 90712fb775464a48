// What a BIOS would start.
#pragma once

#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "clone/system/bootability.h"

namespace disktwin::system {

// From sector 0 and what it leads to. Reads a few sectors of the source; what cannot be read counts
// as missing.
BootWay biosWay(const plan::Survey& survey, const plan::Plan& plan);

}  // namespace disktwin::system
