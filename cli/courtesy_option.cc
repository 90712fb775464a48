#include "cli/courtesy_option.h"

#include <fmt/format.h>

#include "platform/background.h"
#include "platform/error.h"
#include "platform/extent.h"

namespace disktwin::cli {
namespace {

// Below this a disk takes weeks: somebody has forgotten a letter.
constexpr std::uint64_t kLeast = 64 * KiB;

}  // namespace

void addCourtesyOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("limit", po::value<std::string>()->value_name("RATE"),
                        "read at most so much a second (50M = MiB)")(
      "nice", "let everything else on this machine go first");
}

std::shared_ptr<copy::RateLimit> beCourteous(const Arguments& arguments) {
  if (arguments.has("nice")) runInBackground();
  const auto rate = arguments.size("limit");
  if (!rate) return nullptr;
  if (*rate < kLeast) {
    throw Error(ErrorKind::Usage, "--limit",
                fmt::format("{} bytes a second, expected at least {}", *rate, kLeast),
                "a letter makes it MiB, as in --limit 50M");
  }
  return std::make_shared<copy::RateLimit>(*rate);
}

}  // namespace disktwin::cli
