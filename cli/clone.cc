#include "cli/courtesy_option.h"
#include "cli/disk_job.h"
#include "cli/expect_option.h"
#include "cli/new_ids_option.h"
#include "cli/passphrase.h"
#include "cli/system_option.h"
#include "cli/verbs.h"

namespace disktwin::cli {
namespace {

namespace po = boost::program_options;

void addJobOptions(Options& options) {
  options.add_options()("dry-run,n", "show the plan with every range and write nothing")(
      "yes,y", "do not ask; needed where there is no terminal")(
      "verify", "read the target back from the medium and compare hashes")(
      "partitions", po::value<std::string>()->value_name("1,3"), "copy these partitions only")(
      "target-size", po::value<std::string>()->value_name("SIZE"),
      "size of a new target file (64G = GiB, 500GB = 10^9 bytes)")(
      "fit", po::value<std::string>()->value_name("HOW"),
      "sizes on a target of another size: auto (the default: shrink or grow what can be), keep, or "
      "sizes by number, as in 2=40G,3=rest")(
      "limits", "with --dry-run: how small and large each partition can be made there");
  addExpectOption(options);
  addSystemOptions(options);
  addNewIdsOption(options);
  addCourtesyOptions(options);
}

}  // namespace

void addCloneOptions(Options& options) {
  addJobOptions(options);
  options.add_options()("all-sectors", "copy unused space too")(
      "force-mounted-source",
      "copy a source that is mounted for writing; what changes meanwhile may "
      "be damaged in the copy");
  addImageOptions(options);
}

int runClone(const Arguments& arguments, Output& output) {
  return runDiskJob(arguments, output, {"Clone", "copied", false, false});
}

void addRestoreOptions(Options& options) {
  addJobOptions(options);
  options.add_options()(
      "salvage",
      "of a damaged image: write all that is whole, zeroes for the rest, and list "
      "what was lost")("raw", "take a raw file as a disk even if nothing is recognised in it");
  addImageOptions(options);
}

int runRestore(const Arguments& arguments, Output& output) {
  return runDiskJob(arguments, output, {"Restore", "restored", true, true});
}

}  // namespace disktwin::cli
