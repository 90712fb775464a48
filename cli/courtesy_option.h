// --limit and --nice: jobs that leave room for those who keep working.
#pragma once

#include <memory>

#include "cli/arguments.h"
#include "clone/copy/rate_limit.h"

namespace disktwin::cli {

void addCourtesyOptions(Options& options);

// Steps back with --nice, and gives what --limit allows; null without it. Throws Error(Usage). Call
// before there are threads.
std::shared_ptr<copy::RateLimit> beCourteous(const Arguments& arguments);

}  // namespace disktwin::cli
