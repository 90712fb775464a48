#include <fmt/format.h>

#include <algorithm>

#include "cli/json.h"
#include "cli/passphrase.h"
#include "cli/progress_printer.h"
#include "cli/source.h"
#include "cli/verbs.h"
#include "clone/copy/clone.h"
#include "clone/plan/endpoint.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::cli {
namespace {

// Places that are named one by one; beyond that their number says enough.
constexpr std::size_t kMostNamed = 20;

void leaveOut(plan::Plan& plan, const ExtentSet& onTarget) {
  plan.bytesToRead = 0;
  for (plan::Region& region : plan.regions) {
    const ExtentSet here = onTarget.clipped({region.target, region.source.length})
                               .shiftedDown(region.target)
                               .shiftedUp(region.source.offset);
    region.extents = subtract(region.extents, here);
    plan.bytesToRead += region.extents.bytes();
  }
}

plan::Plan comparePlan(const Source& source, const Source& other, plan::Request request) {
  plan::Target target;
  static_cast<plan::Endpoint&>(target) = other.endpoint;
  if (source.catalog) request.allSectors = request.allSectors || source.catalog->info.allSectors;
  try {
    plan::Plan plan = plan::planClone(source.survey, source.endpoint, target, request);
    // What an image has left out on purpose is not missing in it.
    if (other.catalog) leaveOut(plan, other.catalog->leftOut());
    return plan;
  } catch (const Error& error) {
    // A disk that the source does not even fit on cannot hold what the source holds.
    if (error.kind() != ErrorKind::Refused) throw;
    throw Error(ErrorKind::Mismatch, error.subject(), error.detail(), error.hint());
  }
}

std::string summaryOf(const copy::Comparison& result) {
  if (result.blocksDiffering == 0) return "the partition table differs";
  return fmt::format("{}{} blocks of {} differ",
                     result.table.empty() ? "" : "the partition table and ",
                     formatCount(result.blocksDiffering), formatSize(result.bytesCompared));
}

void report(const plan::Plan& plan, const copy::Comparison& result, Output& output) {
  for (const std::string& text : result.table) {
    output.event("difference", {{"partition", 0}, {"what", "partition table"}, {"text", text}});
    output.line("differs: partition table: " + text);
  }
  std::size_t named = 0;
  for (const copy::Difference& difference : result.differences) {
    const plan::Region& region = plan.regions[difference.region];
    output.event("difference", {{"partition", region.partition},
                                {"what", region.what},
                                {"source_offset", difference.source.offset},
                                {"target_offset", region.targetOf(difference.source.offset)},
                                {"length", difference.source.length}});
    if (named++ < kMostNamed) {
      output.line(fmt::format("differs: {}: within {} bytes at {}", region.what,
                              formatCount(difference.source.length),
                              formatCount(difference.source.offset)));
    }
  }
  if (named > kMostNamed) output.line(fmt::format("differs: {} more places", named - kMostNamed));
}

}  // namespace

void addCompareOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("all-sectors",
                        "compare every sector, as `clone --all-sectors` copies them")(
      "partitions", po::value<std::string>()->value_name("1,3"), "compare these partitions only");
  addImageOptions(options);
}

int runCompare(const Arguments& arguments, Output& output) {
  const plan::Request request{arguments.has("all-sectors"), arguments.numbers("partitions")};
  const DeviceTree tree = DeviceTree::read();
  Passphrase passphrase(arguments, !output.json());
  const SourceOptions options = sourceOptions(arguments, passphrase.asker());
  const Source source = openSource(tree, arguments.word(0), options);
  const Source other = openSource(tree, arguments.word(1), options);
  const plan::Plan plan = comparePlan(source, other, request);
  copy::Progress progress([&output](copy::Phase phase, std::uint64_t total) {
    output.event("phase", {{"phase", copy::phaseName(phase)}, {"bytes_total", total}});
  });
  copy::Comparison result;
  {
    const ProgressPrinter printer(progress, output, [&output] {
      output.fail(Error(ErrorKind::Cancelled, "disktwin", "stopped on request"));
      std::_Exit(exitCode(ErrorKind::Cancelled));
    });
    result = copy::compare(plan, *source.survey.disk, *other.survey.disk, {}, progress,
                           std::max(source.grid, other.grid));
  }
  report(plan, result, output);
  if (!result.same()) {
    throw Error(ErrorKind::Mismatch, arguments.word(1),
                fmt::format("does not hold everything that a clone of {} would: {}",
                            source.endpoint.path, summaryOf(result)));
  }
  output.event("done", {{"exit_code", 0}, {"bytes_compared", result.bytesCompared}});
  output.line(fmt::format("Same: all {} that a clone of {} would copy stand on {}.",
                          formatSize(result.bytesCompared), source.endpoint.path,
                          arguments.word(1)));
  output.requireDelivered();
  return 0;
}

}  // namespace disktwin::cli
