#include "clone/system/left_behind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "clone/files/open.h"
#include "clone/system/editing.h"
#include "clone/system/fields.h"
#include "clone/system/places.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr const char* kFstab = "/etc/fstab";
constexpr std::size_t kLargest = 1U << 20;
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kPatience = "nofail,x-systemd.device-timeout=5s";

// Where the options of a line stand, as it is written: the fourth word.
std::string_view optionsOf(std::string_view line) {
  std::size_t at = 0;
  for (int word = 0;; ++word) {
    at = std::min(line.find_first_not_of(kBlanks, at), line.size());
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    if (word == 3 || at == line.size()) return line.substr(at, end - at);
    at = end;
  }
}

std::string tolerant(std::string_view line) {
  const std::string_view options = optionsOf(line);
  if (saysOption(options, "nofail") || saysOption(options, "noauto")) return std::string(line);
  if (options.empty()) return fmt::format("{} defaults,{}", line, kPatience);
  const std::size_t end = static_cast<std::size_t>(options.data() - line.data()) + options.size();
  return fmt::format("{},{}{}", line.substr(0, end), kPatience, line.substr(end));
}

}  // namespace

std::string tolerating(std::string_view fstab,
                       const std::function<bool(const MountLine&)>& isAbsent) {
  std::string out;
  while (!fstab.empty()) {
    const std::size_t end = std::min(fstab.find('\n'), fstab.size());
    const std::string_view line = fstab.substr(0, end);
    const std::vector<MountLine> parsed = parseFstab(line);
    out += parsed.size() == 1 && isAbsent(parsed.front()) ? tolerant(line) : std::string(line);
    if (end < fstab.size()) out += '\n';
    fstab.remove_prefix(std::min(end + 1, fstab.size()));
  }
  return out;
}

Absent absentOf(const plan::Survey& survey, const plan::System& system,
                const std::set<std::uint32_t>& taken) {
  Absent out;
  out.partition = system.root;
  const plan::Volume* volume = survey.find(system.root);
  const std::vector<Place> places = placesOf(survey);
  const auto isAbsent = [&](const MountLine& line) {
    const DeviceSpec spec = parseDeviceSpec(line.source);
    bool isKnown = false;
    for (const Place& place : places) {
      if (!means(spec, place)) continue;
      if (taken.contains(place.partition)) return false;
      isKnown = true;
    }
    return isKnown;
  };
  try {
    const auto tree = files::openTree(volume->reader, volume->type);
    const auto text = tree->readText(kFstab, kLargest);
    if (!text) return out;
    for (const MountLine& line : parseFstab(*text)) {
      if (isAbsent(line)) out.points.push_back(printable(line.point));
    }
    std::string content = tolerating(*text, isAbsent);
    if (content == *text) return out;
    out.edit = {kFstab, std::move(content),
                fmt::format("nofail is added for {}", fmt::join(out.points, ", "))};
    out.whyNot = system.where == fmt::format("partition {}", system.root)
                     ? whyNotEdit(*volume, {out.edit})
                     : "it does not lie on a partition by itself";
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    out.whyNot = error.what();
  }
  return out;
}

}  // namespace disktwin::system
