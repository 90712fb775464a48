#include "cli/expect_option.h"

#include <fmt/format.h>

#include "platform/error.h"

namespace disktwin::cli {

void addExpectOption(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("expect", po::value<std::string>()->value_name("PLAN-ID"),
                        "go on only if the plan has this id (from --dry-run)");
}

void checkExpected(const Arguments& arguments, const std::string& planId) {
  const std::string expected = arguments.text("expect");
  if (!arguments.has("expect") || expected == planId) return;
  throw Error(ErrorKind::Refused, "--expect",
              fmt::format("the plan is now {}, expected {}", planId, expected),
              "a disk has changed since; have the plan shown again, and look at it");
}

}  // namespace disktwin::cli
