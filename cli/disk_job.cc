#include "cli/disk_job.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "cli/courtesy_option.h"
#include "cli/expect_option.h"
#include "cli/fit_option.h"
#include "cli/json.h"
#include "cli/new_ids_option.h"
#include "cli/passphrase.h"
#include "cli/progress_printer.h"
#include "cli/source.h"
#include "cli/system_option.h"
#include "cli/text.h"
#include "clone/copy/clone.h"
#include "clone/io/file_target.h"
#include "clone/plan/endpoint.h"
#include "clone/system/bootability.h"
#include "clone/system/find.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "platform/lock.h"
#include "platform/partition_nodes.h"
#include "platform/pause.h"
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
                       "and it must not be used. Run it again.",
                       target.path);
    case copy::TargetState::Complete:
      return fmt::format("{} holds the complete copy.", target.path);
  }
  return {};
}

class DiskJobRun {
 public:
  DiskJobRun(const Arguments& arguments, Output& output, const DiskJob& job)
      : arguments_(arguments),
        job_(job),
        output_(output),
        tree_(DeviceTree::read()),
        passphrase_(arguments, output),
        progress_(phaseEvents(output)) {}

  int run() {
    options_.pipeline.limit = beCourteous(arguments_);
    makePlan();
    output_.event("plan", toJson(plan_));
    output_.line(planText(plan_, job_.title));
    for (const std::string& warning : plan_.warnings) output_.warn(warning);
    checkExpected(arguments_, plan_.id);
    if (arguments_.has("dry-run")) {
      reportLimits();
      reportBoot();
      output_.event("done", {{"exit_code", 0}, {"dry_run", true}});
      output_.line("\nThis was a dry run: nothing was written.");
      output_.requireDelivered();
      return 0;
    }
    confirm();
    return execute();
  }

 private:
  void makePlan() {
    if (arguments_.has("limits") && !arguments_.has("dry-run")) {
      throw Error(ErrorKind::Usage, "--limits", "says what could be done, and does not do it",
                  "add --dry-run");
    }
    const auto targetSize = arguments_.size("target-size");
    plan::Request request{arguments_.has("all-sectors"), {}, fitRequest(arguments_.text("fit"))};
    openTheSource();
    Chosen chosen = partitionsAskedFor(source_, arguments_, haveTerminal() && !output_.json(), true,
                                       systemWarnings_);
    request.partitions = std::move(chosen.partitions);
    request.edits = std::move(chosen.edits);
    addLoaders(request);
    lookAtBoth(targetSize, request);
    if (!arguments_.has("dry-run")) {
      if (source_.kind == SourceKind::Disk) lockSource(tree_, source_.endpoint.path, held_);
      if (!target_.isNew) locks_.emplace_back(tree_, target_.path, DiskLock::Mode::Write);
      if (source_.kind == SourceKind::Disk) {
        claimSource(tree_, source_.endpoint.path, safety_.forceMountedSource, held_);
      }
      // What was seen before may have been the half-done work of another run.
      if (source_.kind == SourceKind::Disk) openTheSource();
      lookAtBoth(targetSize, request);
    }
    request.allSectors = request.allSectors || wholeOfImage();
    request.access = source_.access();
    findRoles(request);
    addNewIds(arguments_, source_, target_, request, systemWarnings_);
    plan_ = plan::planClone(source_.survey, source_.endpoint, target_, request);
    source_.prepare(plan_, options_);
    plan_.id = plan::planId(plan_);
    plan_.warnings.insert(plan_.warnings.begin(), safetyWarnings_.begin(), safetyWarnings_.end());
    plan_.warnings.insert(plan_.warnings.begin(), systemWarnings_.begin(), systemWarnings_.end());
    warnOfLosses();
    if (const auto space = plan::warnOfSpace(plan_)) plan_.warnings.push_back(*space);
    if (source_.kind == SourceKind::ForeignZstd && arguments_.word(0) == "-") {
      plan_.warnings.push_back(
          "standard input: how large the disk in it is shows only at its end; whether it fits as "
          "well.");
    }
  }

  // What grows, and what has to give, depends on what it is for: a /boot has the type of any
  // volume.
  void findRoles(const plan::Request& request) {
    const bool isFitted = request.fit.mode == plan::FitRequest::Mode::Auto &&
                          target_.size != source_.endpoint.size && !request.allSectors;
    if (isFitted && makesDisk()) system::findSystems(source_.survey);
  }

  bool makesDisk() const {
    return source_.survey.layout.kind != table::TableKind::None && source_.isReadAtRandom();
  }

  // A disk that firmware has never seen is started by its fallback loader alone.
  void addLoaders(plan::Request& request) {
    if (!makesDisk() || request.allSectors || wholeOfImage()) return;
    for (auto& [partition, edits] :
         system::fallbackLoaders(source_.survey, request.partitions, systemWarnings_)) {
      request.edits[partition] = std::move(edits);
    }
  }

  // What else --fit could ask for.
  void reportLimits() {
    if (!arguments_.has("limits") || plan_.targetLayout.kind == table::TableKind::None) return;
    const plan::FitLimits limits = plan::fitLimits(source_.survey, plan_);
    output_.event("limits", toJson(limits));
    output_.line(limitsText(limits));
  }

  // Whether the copy would start.
  void reportBoot() {
    if (plan_.targetLayout.kind == table::TableKind::None || !makesDisk()) return;
    system::findSystems(source_.survey);
    const system::BootReport report = system::bootReport(source_.survey, plan_);
    output_.event("bootability", toJson(report));
    output_.line(bootText(report));
  }

  // What is known to be lost before anything is read.
  void warnOfLosses() {
    if (!source_.losses) return;
    std::uint64_t lost = 0;
    for (auto at = source_.image.get(); at; at = at->parent().get()) {
      lost += at->image().lost().bytes();
    }
    if (lost == 0) return;
    plan_.warnings.push_back(
        fmt::format("{}: of {} of the disk nothing was found; there will be zeroes. Restore to a "
                    "new file first "
                    "if you are not sure.",
                    source_.endpoint.path, formatSize(lost)));
  }

  // An image of all sectors has nothing that could be chosen from.
  bool wholeOfImage() const { return source_.catalog && source_.catalog->info.allSectors; }

  void openTheSource() {
    SourceOptions options = sourceOptions(arguments_, passphrase_.asker());
    options.front = job_.front;
    options.raw = !job_.rawOnlyWhenAsked || arguments_.has("raw");
    options.salvage = job_.rawOnlyWhenAsked && arguments_.has("salvage");
    options.progress = &progress_;
    options.say = [this](const std::string& text) { output_.line(text); };
    if (arguments_.word(0) == "-") options.room = roomOn(arguments_.word(1));
    source_ = openSource(tree_, arguments_.word(0), options);
  }

  // For a stream that does not say how long it is.
  std::uint64_t roomOn(const std::string& target) const {
    const auto wanted = arguments_.size("target-size");
    std::error_code ignored;
    if (!std::filesystem::exists(target, ignored)) {
      if (!wanted) return 0;
      return *wanted;
    }
    return plan::describeEndpoint(tree_, target).size;
  }

  // Describes the target, and refuses what is not safe.
  void lookAtBoth(std::optional<std::uint64_t> targetSize, const plan::Request& request) {
    if (source_.endpoint.size == 0) {
      throw Error(ErrorKind::Usage, arguments_.word(0), "does not say how large the disk in it is",
                  "name a disk or a file that exists, or give --target-size");
    }
    target_ =
        plan::describeTarget(tree_, arguments_.word(1), targetSize.value_or(source_.endpoint.size));
    output_.setTarget(copy::TargetState::Untouched,
                      aboutTarget(target_, copy::TargetState::Untouched));
    if (targetSize && !target_.isNew) {
      throw Error(ErrorKind::Usage, "--target-size",
                  fmt::format("{} exists and keeps its size", target_.path),
                  "leave the option out, or name a file that does not exist yet");
    }
    refuseImage();
    safety_ = {{request.partitions.begin(), request.partitions.end()},
               arguments_.has("force-mounted-source")};
    safetyWarnings_ = checkAll(tree_);
  }

  // An image is what people have instead of a disk: it is never one more disk to be overwritten.
  void refuseImage() const {
    if (target_.kind != plan::EndpointKind::File || target_.isNew ||
        !image::beginsImage(target_.path)) {
      return;
    }
    throw Error(ErrorKind::Refused, target_.path, "is an image of a disk, expected a disk",
                "are the two words swapped? If it is not needed any more, remove it first");
  }

  // The source is safe from the target, with everything that it is read from.
  std::vector<std::string> checkAll(const DeviceTree& tree) const {
    if (source_.kind == SourceKind::Disk) {
      return plan::checkSafety(tree, source_.endpoint, source_.survey, target_, safety_);
    }
    for (const std::string& path : source_.files) {
      plan::refuseShared(tree, plan::describeEndpoint(tree, path), target_);
    }
    plan::refuseTarget(tree, target_);
    return {};
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
        output_.quiet() ? planText(plan_, job_.title) + "\n" : "",
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
    const bool sameSource =
        source_.kind != SourceKind::Disk ||
        plan::describeEndpoint(now, plan_.source.path).identity() == plan_.source.identity();
    if (target.identity() != plan_.target.identity() || !sameSource ||
        !opened.isStillNamed(plan_.target.path)) {
      throw Error(ErrorKind::Refused, plan_.target.path,
                  "is another disk than the one that was planned for", "start again");
    }
    checkAll(now);
  }

  int execute() {
    const auto began = WorkClock::now();
    FileTarget target(plan_.target.isNew ? File::create(plan_.target.path, plan_.target.size)
                                         : File::openWrite(plan_.target.path));
    try {
      checkStillTheSame(target.file());
      if (plan_.target.isNew) {
        locks_.emplace_back(tree_, plan_.target.path, DiskLock::Mode::Write);
      }
      const ProgressPrinter printer(progress_, output_, [this] { endNow(); });
      options_.verify = arguments_.has("verify");
      copy::runClone(plan_, *source_.survey.disk, target, options_, progress_);
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
    return succeed(std::chrono::duration<double>(WorkClock::now() - began).count());
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
    stopAtOnce(output_)();
  }

  // What could not be read and was asked to be left out; the exit code.
  int reportLosses() {
    if (!source_.losses) return 0;
    const auto lost = source_.losses->take();
    std::uint64_t bytes = 0;
    for (const auto& [extent, why] : lost) {
      bytes += extent.length;
      const std::string what = source_.catalog->whatIsAt(extent);
      output_.event(
          "lost",
          {{"offset", extent.offset}, {"length", extent.length}, {"what", what}, {"because", why}});
      output_.line(fmt::format("lost: {}", what));
    }
    if (lost.empty()) return 0;
    output_.warn(fmt::format("{} could not be read and are zeroes now.", formatSize(bytes)));
    return kDoneWithLosses;
  }

  int succeed(double seconds) {
    const bool verified = arguments_.has("verify");
    const int code = reportLosses();
    output_.event("done", {{"exit_code", code},
                           {"bytes_copied", plan_.bytesToRead},
                           {"verified", verified},
                           {"seconds", seconds}});
    const double rate = seconds > 0 ? static_cast<double>(plan_.bytesToRead) / seconds : 0;
    output_.line(fmt::format("\nDone: {} {}{} in {:.1f} s ({}/s).", formatSize(plan_.bytesToRead),
                             job_.done, verified ? ", read back and verified" : "", seconds,
                             formatSize(static_cast<std::uint64_t>(rate))));
    if (plan_.target.kind == plan::EndpointKind::Disk) {
      output_.line(aboutIds(plan_));
    }
    return code;
  }

  const Arguments& arguments_;
  const DiskJob& job_;
  Output& output_;
  DeviceTree tree_;
  Passphrase passphrase_;
  copy::Progress progress_;
  Source source_;
  plan::Target target_;
  copy::CloneOptions options_;
  plan::SafetyRequest safety_;
  std::vector<std::string> safetyWarnings_;
  std::vector<std::string> systemWarnings_;
  HeldSource held_;
  plan::Plan plan_;
  std::vector<DiskLock> locks_;
};

}  // namespace

int runDiskJob(const Arguments& arguments, Output& output, const DiskJob& job) {
  return DiskJobRun(arguments, output, job).run();
}

}  // namespace disktwin::cli
