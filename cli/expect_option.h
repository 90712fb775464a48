// --expect: what was shown with --dry-run is what will be done.
#pragma once

#include <string>

#include "cli/arguments.h"

namespace disktwin::cli {

void addExpectOption(Options& options);
// Throws Error(Refused) when another plan was expected.
void checkExpected(const Arguments& arguments, const std::string& planId);

}  // namespace disktwin::cli
