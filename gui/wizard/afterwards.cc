#include "gui/wizard/afterwards.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "gui/protocol/disk.h"
#include "gui/protocol/translate.h"

namespace disktwin::gui {
namespace {

bool isCopy(const JobState& job) {
  return job.verb == "clone" || job.verb == "restore";
}

struct Option {
  std::string_view name;
  bool takesValue = false;
  bool counts = false;  // for `compare` as well
};
// Those of `clone` and `restore` after which the copy is the same as the source, as far as they
// say.
constexpr std::array kOptions{
    Option{"--partitions", true, true},
    Option{"--os", true, true},
    Option{"--parent", true, true},
    Option{"--passphrase-file", true, true},
    Option{"--system", false, true},
    Option{"--new-ids", false, true},
    Option{"--all-sectors", false, true},
    Option{"--fit", true},
    Option{"--target-size", true},
    Option{"--limit", true},
    Option{"--expect", true},
    Option{"--nice"},
    Option{"--verify"},
    Option{"--yes"},
    Option{"-y"},
    Option{"--json"},
    Option{"--quiet"},
    Option{"-q"},
    Option{"--force-mounted-source"},
};

// `compare` with what these words have copied; nothing where one of them is not known.
std::optional<std::vector<std::string>> comparisonOf(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  std::vector<std::string> out{"compare"};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with('-') || word == "-") {
      names.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const auto option = std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& o) {
      return o.name == std::string_view(word).substr(0, equals);
    });
    if (option == kOptions.end()) return std::nullopt;
    const bool isNext = option->takesValue && equals == std::string::npos;
    if (isNext && i + 1 == words.size()) return std::nullopt;
    if (option->counts) out.push_back(word);
    if (isNext && option->counts) out.push_back(words[i + 1]);
    if (isNext) ++i;
  }
  // What came through a pipe is not there any more.
  if (names.size() != 2 || names[0] == "-") return std::nullopt;
  out.insert(out.begin() + 1, names.begin(), names.end());
  return out;
}

}  // namespace

NextRun bootRun(const JobState& job) {
  if (job.status != JobStatus::Done) return {};
  std::string what;
  if (job.verb == "capture" || job.verb == "merge") what = job.plan.image;
  if (isCopy(job)) what = job.plan.target.stableName();
  if (what.empty()) return {};
  return {{"boot", what}, kindOf(what) == DiskKind::Disk};
}

NextRun compareRun(const JobState& job) {
  if (job.status != JobStatus::Done || !isCopy(job)) return {};
  const auto words = comparisonOf(job.arguments);
  if (!words) return {};
  return {*words, kindOf((*words)[1]) == DiskKind::Disk || kindOf((*words)[2]) == DiskKind::Disk};
}

std::vector<std::string> advice(const JobState& job) {
  if (!isCopy(job) || job.plan.target.kind != DiskKind::Disk) return {};
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
