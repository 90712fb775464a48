// What --fit says.
#pragma once

#include <string>

#include "clone/plan/fit.h"

namespace disktwin::cli {

// "" and "auto", "keep", or "2=40G,3=rest". Throws Error(Usage) for anything else.
plan::FitRequest fitRequest(const std::string& text);

}  // namespace disktwin::cli
