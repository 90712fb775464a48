#include "gui/wizard/afterwards.h"

#include <algorithm>

#include "gui/protocol/disk.h"
#include "gui/protocol/translate.h"
#include "gui/run/job_words.h"

namespace disktwin::gui {

NextRun bootRun(const JobState& job) {
  if (job.status != JobStatus::Done) return {};
  std::string what;
  if (job.verb == "capture" || job.verb == "merge") what = job.plan.image;
  if (job.isCopy()) what = job.plan.target.stableName();
  if (what.empty()) return {};
  return {{"boot", what}, kindOf(what) == DiskKind::Disk};
}

NextRun compareRun(const JobState& job) {
  if (job.status != JobStatus::Done || !job.isCopy()) return {};
  const auto words = wordsOf(job);
  // What came through a pipe is not there any more.
  if (!words || !words->isSame || words->names.size() != 2 || words->names[0] == "-") return {};
  NextRun out{{"compare", words->names[0], words->names[1]}, false};
  out.words.insert(out.words.end(), words->what.begin(), words->what.end());
  out.asRoot = std::ranges::any_of(
      words->names, [](const std::string& name) { return kindOf(name) == DiskKind::Disk; });
  return out;
}

std::vector<std::string> advice(const JobState& job) {
  if (!job.isCopy() || job.plan.target.kind != DiskKind::Disk) return {};
  const bool starts = std::ranges::any_of(job.plan.firmware, &FirmwareWay::starts);
  const bool isTwin = std::ranges::find(job.arguments, "--new-ids") == job.arguments.end();
  const bool isFromDisk = job.plan.source.kind == DiskKind::Disk;
  std::vector<std::string> out;
  if (isTwin && isFromDisk && starts) {
    out.push_back(
        tr("Shut down, and unplug the old disk before the first start from the new one. Two disks "
           "with the same identifiers confuse a system."));
  } else if (isTwin && isFromDisk) {
    out.push_back(
        tr("Do not leave both disks in one machine: two with the same identifiers confuse a "
           "system."));
  } else if (isTwin) {
    out.push_back(
        tr("If the disk that the image is of is still in this machine, take it out first: two with "
           "the same identifiers confuse a system."));
  }
  if (starts) {
    out.push_back(
        tr("If the machine does not start from it by itself, choose the new disk in the boot order "
           "of its firmware (often F2, F12 or Del when it starts)."));
  }
  if (isFromDisk) {
    out.push_back(
        tr("Keep the old disk as it is until you have worked with the new one for a while."));
  }
  return out;
}

}  // namespace disktwin::gui
