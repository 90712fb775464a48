#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "cli/json.h"
#include "cli/progress_printer.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "clone/copy/clone.h"
#include "clone/io/file_target.h"
#include "clone/plan/endpoint.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/lock.h"
#include "platform/partition_nodes.h"
#include "platform/size_text.h"
#include "platform/terminal.h"

namespace disktwin::cli {
namespace {

// What the user is told of the target when the work ends early.
std::string aboutTarget(const plan::Target& target, copy::TargetState state) {
  switch (state) {
    case copy::TargetState::Untouched:
      return target.isNew ? "" : fmt::format("Nothing was written to {}.", target.path);
    case copy::TargetState::Incomplete:
      return target.isNew
                 ? fmt::format("The unfinished new file {} was removed.", target.path)
                 : fmt::format(
                       "{} is incomplete: its old content is gone, the copy is not finished, "
                       "and it must not be used. Run the clone again.",
                       target.path);
    case copy::TargetState::Complete:
      return fmt::format("{} holds the complete copy.", target.path);
  }
  return {};
}

// One clone, from the words of the command line to the finished disk.
class CloneRun {
 public:
  CloneRun(const Arguments& arguments, Output& output)
      : arguments_(arguments),
        output_(output),
        tree_(DeviceTree::read()),
        progress_([this](copy::Phase phase, std::uint64_t total) {
          output_.event("phase", {{"phase", copy::phaseName(phase)}, {"bytes_total", total}});
        }) {}

  int run() {
    makePlan();
    output_.event("plan", toJson(plan_));
    output_.line(planText(plan_));
    for (const std::string& warning : plan_.warnings) output_.warn(warning);
    checkExpected();
    if (arguments_.has("dry-run")) {
      output_.event("done", {{"exit_code", 0}, {"dry_run", true}});
      output_.line("\nThis was a dry run: nothing was written.");
      output_.requireDelivered();
      return 0;
    }
    confirm();
    execute();
    return 0;
  }

 private:
  void makePlan() {
    const auto targetSize = arguments_.size("target-size");
    const plan::Request request{arguments_.has("all-sectors"), arguments_.numbers("partitions")};
    lookAtBoth(targetSize, request);
    if (!arguments_.has("dry-run")) {
      locks_.emplace_back(tree_, source_.path, DiskLock::Mode::Read);
      if (!target_.isNew) locks_.emplace_back(tree_, target_.path, DiskLock::Mode::Write);
      claimSource();
      // What was seen before may have been the half-done work of another run.
      lookAtBoth(targetSize, request);
    }
    plan_ = plan::planClone(survey_, source_, target_, request);
    plan_.warnings.insert(plan_.warnings.begin(), safetyWarnings_.begin(), safetyWarnings_.end());
    if (const auto space = plan::warnOfSpace(plan_)) plan_.warnings.push_back(*space);
  }

  // Nobody may mount the source while it is read. Who has it already without our seeing it (another
  // container, a filesystem of several devices) may be writing.
  void claimSource() {
    claimed_ = File::openRead(source_.path);
    if (claimed_->claim() || safety_.forceMountedSource) return;
    if (!usesOf(tree_, source_.path).empty()) return;  // seen, and let through
    throw Error(ErrorKind::Refused, source_.path,
                "in use by something that cannot be seen from here",
                "stop what uses it (another container, RAID, ZFS), or add --force-mounted-source");
  }

  // Opens the source, describes the target, and refuses what is not safe.
  void lookAtBoth(std::optional<std::uint64_t> targetSize, const plan::Request& request) {
    source_ = plan::describeEndpoint(tree_, arguments_.word(0));
    target_ = plan::describeTarget(tree_, arguments_.word(1), targetSize.value_or(source_.size));
    output_.setTarget(copy::TargetState::Untouched,
                      aboutTarget(target_, copy::TargetState::Untouched));
    if (targetSize && !target_.isNew) {
      throw Error(ErrorKind::Usage, "--target-size",
                  fmt::format("{} exists and keeps its size", target_.path),
                  "leave the option out, or name a file that does not exist yet");
    }
    survey_ = plan::survey(plan::openSource(tree_, source_));
    plan::addUsage(survey_, tree_, source_.path);
    safety_ = {{request.partitions.begin(), request.partitions.end()},
               arguments_.has("force-mounted-source")};
    safetyWarnings_ = plan::checkSafety(tree_, source_, survey_, target_, safety_);
  }

  void checkExpected() const {
    const std::string expected = arguments_.text("expect");
    if (!arguments_.has("expect") || expected == plan_.id) return;
    throw Error(ErrorKind::Refused, "--expect",
                fmt::format("the plan is now {}, expected {}", plan_.id, expected),
                "a disk has changed since; look at the new plan with --dry-run");
  }

  void confirm() {
    if (arguments_.has("yes")) return;
    Cancellation::check();
    const std::string& name = plan_.target.path;
    if (output_.json() || !haveTerminal()) {
      throw Error(ErrorKind::Refused, name, "nobody is there to be asked whether to overwrite it",
                  "look at the plan with --dry-run, then add --yes");
    }
    const std::string question = fmt::format(
        "{}\n{}\nType {} to start, anything else to stop: ",
        output_.quiet() ? planText(plan_) + "\n" : "",
        plan_.target.isNew ? "The new file will be written."
                           : fmt::format("ALL DATA ON {} WILL BE LOST.", plan_.target.describe()),
        name);
    const std::optional<std::string> answer = askOnTerminal(question);
    Cancellation::check();
    if (!answer || *answer != name) {
      throw Error(ErrorKind::Cancelled, name, "not confirmed");
    }
  }

  // Names move while a question waits for its answer: /dev/sdb can be another disk by now, or in
  // use.
  void checkStillTheSame(const File& opened) {
    if (plan_.target.isNew) return;
    const DeviceTree now = DeviceTree::read();
    const plan::Endpoint target = plan::describeEndpoint(now, plan_.target.path);
    const plan::Endpoint source = plan::describeEndpoint(now, plan_.source.path);
    if (target.identity() != plan_.target.identity() ||
        source.identity() != plan_.source.identity() || !opened.isStillNamed(plan_.target.path)) {
      throw Error(ErrorKind::Refused, plan_.target.path,
                  "is another disk than the one that was planned for", "start again");
    }
    plan::checkSafety(now, source, survey_, plan_.target, safety_);
  }

  void execute() {
    const auto began = std::chrono::steady_clock::now();
    FileTarget target(plan_.target.isNew ? File::create(plan_.target.path, plan_.target.size)
                                         : File::openWrite(plan_.target.path));
    try {
      checkStillTheSame(target.file());
      if (plan_.target.isNew) {
        locks_.emplace_back(tree_, plan_.target.path, DiskLock::Mode::Write);
      }
      const ProgressPrinter printer(progress_, output_, [this] { endNow(); });
      copy::CloneOptions options;
      options.verify = arguments_.has("verify");
      copy::runClone(plan_, *survey_.disk, target, options, progress_);
    } catch (const Error& error) {
      endEarly(error.kind() == ErrorKind::Mismatch);
      tellKernel(target.file());
      throw;
    } catch (...) {
      endEarly(false);
      tellKernel(target.file());
      throw;
    }
    tellKernel(target.file());
    succeed(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }

  // Partitions that are no longer there must not be mounted by anybody.
  void tellKernel(const File& target) {
    if (plan_.target.kind != plan::EndpointKind::Disk ||
        progress_.target() == copy::TargetState::Untouched || rereadPartitions(target)) {
      return;
    }
    output_.warn(
        fmt::format("{}: the kernel still has its old partitions in mind; unplug it and "
                    "plug it in again, or restart, before you use it here.",
                    plan_.target.path));
  }

  // A new file that is not finished is of no use to anybody and takes room.
  void endEarly(bool mismatch) {
    std::error_code ignored;
    if (plan_.target.isNew && progress_.target() != copy::TargetState::Complete) {
      std::filesystem::remove(plan_.target.path, ignored);
    }
    output_.setTarget(progress_.target(),
                      mismatch ? fmt::format("All was written to {}, but it did not read back so.",
                                             plan_.target.path)
                               : aboutTarget(plan_.target, progress_.target()));
  }

  // The work does not come back from a call into the kernel; the user has asked to stop.
  void endNow() {
    endEarly(false);
    output_.fail(Error(ErrorKind::Cancelled, "disktwin", "stopped on request"));
    std::_Exit(exitCode(ErrorKind::Cancelled));
  }

  void succeed(double seconds) {
    const bool verified = arguments_.has("verify");
    output_.event("done", {{"exit_code", 0},
                           {"bytes_copied", plan_.bytesToRead},
                           {"verified", verified},
                           {"seconds", seconds}});
    const double rate = seconds > 0 ? static_cast<double>(plan_.bytesToRead) / seconds : 0;
    output_.line(fmt::format("\nDone: {} copied{} in {:.1f} s ({}/s).",
                             formatSize(plan_.bytesToRead),
                             verified ? ", read back and verified" : "", seconds,
                             formatSize(static_cast<std::uint64_t>(rate))));
    if (plan_.target.kind == plan::EndpointKind::Disk) {
      output_.line(
          "The copy has the same identifiers as the original: before you start from it, take the "
          "original out or switch it off in the firmware.");
    }
  }

  const Arguments& arguments_;
  Output& output_;
  DeviceTree tree_;
  copy::Progress progress_;
  plan::Endpoint source_;
  plan::Target target_;
  plan::Survey survey_;
  plan::SafetyRequest safety_;
  std::vector<std::string> safetyWarnings_;
  std::optional<File> claimed_;  // the source, held against being mounted
  plan::Plan plan_;
  std::vector<DiskLock> locks_;
};

}  // namespace

void addCloneOptions(Options& options) {
  namespace po = boost::program_options;
  options.add_options()("dry-run,n", "show the plan with every range and write nothing")(
      "yes,y", "do not ask; needed where there is no terminal")(
      "verify", "read the target back from the medium and compare hashes")("all-sectors",
                                                                           "copy unused space too")(
      "partitions", po::value<std::string>()->value_name("1,3"), "copy these partitions only")(
      "target-size", po::value<std::string>()->value_name("SIZE"),
      "size of a new target file (64G = GiB, 500GB = 10^9 bytes)")(
      "expect", po::value<std::string>()->value_name("PLAN-ID"),
      "go on only if the plan has this id (from --dry-run)")(
      "force-mounted-source",
      "copy a source that is mounted for writing; what changes meanwhile may "
      "be damaged in the copy");
}

int runClone(const Arguments& arguments, Output& output) {
  return CloneRun(arguments, output).run();
}

}  // namespace disktwin::cli
