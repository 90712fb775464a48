#include <fmt/format.h>

#include <algorithm>

#include "cli/courtesy_option.h"
#include "cli/json.h"
#include "cli/new_ids_option.h"
#include "cli/passphrase.h"
#include "cli/progress_printer.h"
#include "cli/source.h"
#include "cli/system_option.h"
#include "cli/verbs.h"
#include "clone/compare/compare.h"
#include "clone/plan/endpoint.h"
#include "clone/system/bootability.h"
#include "platform/error.h"
#include "platform/printable.h"
#include "platform/size_text.h"
#include "platform/terminal.h"

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

// Partitions that stand elsewhere on the other disk, or have another size there, as a clone with
// --fit has put them: they are looked for there.
void followPlaces(const Source& source, const Source& other, plan::Request& request,
                  std::vector<std::string>& missing) {
  const table::Layout& wanted = source.survey.layout;
  const table::Layout& found = other.survey.layout;
  if (request.allSectors || wanted.kind == table::TableKind::None || wanted.kind != found.kind ||
      wanted.isFatal() || found.isFatal()) {
    return;
  }
  std::map<std::uint32_t, table::Place> places;
  std::set<std::uint32_t> both;
  bool isSame = true;
  for (const plan::Volume& volume : source.survey.volumes) {
    const std::uint32_t number = volume.partition;
    if (!request.partitions.empty() && !request.partitions.contains(number)) continue;
    const table::Partition* there = found.find(number);
    if (there == nullptr || there->isContainer()) {
      missing.push_back(fmt::format("partition {} is missing", number));
      continue;
    }
    both.insert(number);
    places[number] = {there->firstLba, there->lbaCount};
    isSame = isSame && wanted.bytesOf(*wanted.find(number)) == found.bytesOf(*there);
  }
  if (isSame || both.empty()) {
    missing.clear();
    return;
  }
  request.places = std::move(places);
  if (!missing.empty()) request.partitions = std::move(both);
}

// Loaders that a clone has put in place are meant to be there; a disk that was copied otherwise has
// none, and needs none.
void addLoaders(const Source& source, const Source& other, plan::Request& request) {
  if (request.allSectors || !source.isReadAtRandom()) return;
  std::vector<std::string> unsaid;
  const auto wanted = system::fallbackLoaders(source.survey, request.partitions, unsaid);
  if (wanted.empty()) return;
  const auto missing = system::fallbackLoaders(other.survey, request.partitions, unsaid);
  for (const auto& [partition, edits] : wanted) {
    if (!missing.contains(partition)) request.edits[partition] = edits;
  }
}

plan::Plan comparePlan(const Source& source, const Source& other, plan::Request request,
                       std::vector<std::string>& missing) {
  plan::Target target;
  static_cast<plan::Endpoint&>(target) = other.endpoint;
  // A file has the sectors that its table counts in.
  if (target.sectorSize == 0 && other.survey.layout.kind != table::TableKind::None) {
    target.sectorSize = other.survey.layout.sectorSize;
  }
  if (source.catalog) request.allSectors = request.allSectors || source.catalog->info.allSectors;
  followPlaces(source, other, request, missing);
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

std::string summaryOf(const compare::Comparison& result) {
  std::string out = result.table.empty() ? "" : "the partition table differs";
  if (result.blocksDiffering != 0) {
    out += fmt::format("{}{} blocks of {} differ", out.empty() ? "" : ", ",
                       formatCount(result.blocksDiffering), formatSize(result.bytesCompared));
  }
  if (result.filesDiffering != 0) {
    out += fmt::format("{}{} files of {} differ", out.empty() ? "" : ", ",
                       formatCount(result.filesDiffering), formatCount(result.filesCompared));
  }
  return out;
}

// Names them one by one, and beyond so many their number.
class Report {
 public:
  Report(const plan::Plan& plan, const compare::Comparison& result, Output& output)
      : plan_(plan), result_(result), output_(output) {}

  void run() {
    for (const std::string& text : result_.table) {
      output_.event("difference", {{"partition", 0}, {"what", "partition table"}, {"text", text}});
      output_.line("differs: partition table: " + text);
    }
    for (const compare::BlockDifference& difference : result_.blocks) block(difference);
    for (const compare::FileDifference& difference : result_.files) file(difference);
    if (named_ > kMostNamed) {
      output_.line(fmt::format("differs: {} more places", named_ - kMostNamed));
    }
    for (const std::string& remark : result_.remarks) output_.warn(remark);
  }

 private:
  void line(const std::string& text) {
    if (named_++ < kMostNamed) output_.line("differs: " + text);
  }

  void block(const compare::BlockDifference& difference) {
    const plan::Region& region = plan_.regions[difference.region];
    output_.event("difference", {{"partition", region.partition},
                                 {"what", region.what},
                                 {"source_offset", difference.source.offset},
                                 {"target_offset", region.targetOf(difference.source.offset)},
                                 {"length", difference.source.length}});
    line(fmt::format("{}: within {} bytes at {}", region.what,
                     formatCount(difference.source.length), formatCount(difference.source.offset)));
  }

  void file(const compare::FileDifference& difference) {
    const plan::Region& region = plan_.regions[difference.region];
    output_.event("difference", {{"partition", region.partition},
                                 {"what", region.what},
                                 {"path", printable(difference.path)},
                                 {"text", difference.what}});
    line(fmt::format("{}: {}{}{}", region.what, printable(difference.path),
                     difference.path.empty() ? "" : " ", difference.what));
  }

  const plan::Plan& plan_;
  const compare::Comparison& result_;
  Output& output_;
  std::size_t named_ = 0;
};

std::string sameText(const compare::Comparison& result, const std::string& source,
                     const std::string& other) {
  const std::string byFiles =
      result.volumesByFiles == 0
          ? ""
          : fmt::format(", and all {} files of {} {} another size or changed files there",
                        formatCount(result.filesCompared), result.volumesByFiles,
                        result.volumesByFiles == 1 ? "volume that has" : "volumes that have");
  return fmt::format("Same: all {} that a clone of {} would copy{} stand on {}.",
                     formatSize(result.bytesCompared), source, byFiles, other);
}

}  // namespace

void addCompareOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("all-sectors",
                        "compare every sector, as `clone --all-sectors` copies them")(
      "partitions", po::value<std::string>()->value_name("1,3"), "compare these partitions only")(
      "new-ids", "the other disk is a copy with identifiers of its own (`clone --new-ids`)");
  addSystemOptions(options);
  addCourtesyOptions(options);
  addImageOptions(options);
}

int runCompare(const Arguments& arguments, Output& output) {
  copy::PipelineOptions pipeline;
  pipeline.limit = beCourteous(arguments);
  const DeviceTree tree = DeviceTree::read();
  Passphrase passphrase(arguments, output);
  const SourceOptions options = sourceOptions(arguments, passphrase.asker());
  Source source = openSource(tree, arguments.word(0), options);
  const Source other = openSource(tree, arguments.word(1), options);
  std::vector<std::string> warnings;
  Chosen chosen =
      partitionsAskedFor(source, arguments, haveTerminal() && !output.json(), true, warnings);
  plan::Request request{arguments.has("all-sectors"), std::move(chosen.partitions)};
  request.edits = std::move(chosen.edits);
  for (const std::string& warning : warnings) output.warn(warning);
  addLoaders(source, other, request);
  request.access = source.access();
  expectNewIds(arguments, source, other, request);
  if (request.newIds) {
    for (const std::string& kept : request.newIds->kept) output.warn(kept);
  }
  std::vector<std::string> missing;
  const plan::Plan plan = comparePlan(source, other, request, missing);
  copy::Progress progress(phaseEvents(output));
  compare::Comparison result;
  {
    const ProgressPrinter printer(progress, output, stopAtOnce(output));
    result = compare::compareDisks(plan, source.survey.disk, other.survey.disk, pipeline, progress,
                                   std::max(source.grid, other.grid));
  }
  result.table.insert(result.table.begin(), missing.begin(), missing.end());
  Report(plan, result, output).run();
  if (!result.same()) {
    throw Error(ErrorKind::Mismatch, arguments.word(1),
                fmt::format("does not hold everything that a clone of {} would: {}",
                            source.endpoint.path, summaryOf(result)));
  }
  output.event("done", {{"exit_code", 0},
                        {"bytes_compared", result.bytesCompared},
                        {"files_compared", result.filesCompared}});
  output.line(sameText(result, source.endpoint.path, arguments.word(1)));
  output.requireDelivered();
  return 0;
}

}  // namespace disktwin::cli
