#include "clone/system/left_behind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "clone/files/open.h"
#include "clone/plan/regions.h"
#include "clone/system/editing.h"
#include "clone/system/fields.h"
#include "clone/system/places.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr const char* kFstab = "etc/fstab";
constexpr const char* kCrypttab = "etc/crypttab";
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

// `missing` stands for the words in front of the options that a line does not have.
std::string tolerant(std::string_view line, std::string_view missing) {
  const std::string_view options = optionsOf(line);
  if (saysOption(options, "nofail") || saysOption(options, "noauto")) return std::string(line);
  if (options.empty()) return fmt::format("{} {}{}", line, missing, kPatience);
  const std::size_t end = static_cast<std::size_t>(options.data() - line.data()) + options.size();
  return fmt::format("{},{}{}", line.substr(0, end), kPatience, line.substr(end));
}

template <typename Map>
std::string mapLines(std::string_view text, const Map& map) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += map(text.substr(0, end));
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Reads the two tables of a root, and finds what has to change in them.
class Tables {
 public:
  Tables(const plan::Survey& survey, const plan::System& system,
         const std::set<std::uint32_t>& taken)
      : volume_(*survey.find(system.root)),
        base_(system.folder->empty() ? "/" : "/" + *system.folder + "/"),
        taken_(taken),
        places_(placesOf(survey)) {}

  Absent run() {
    const auto tree = files::openTree(volume_.reader, volume_.type);
    if (const auto text = tree->readText(base_ + kCrypttab, kLargest)) crypttab(*text);
    if (const auto text = tree->readText(base_ + kFstab, kLargest)) fstab(*text);
    return std::move(out_);
  }

 private:
  // It is on this disk, and no place that is taken is it.
  bool isLeftBehind(const std::string& source) const {
    const DeviceSpec spec = parseDeviceSpec(source);
    bool isKnown = false;
    for (const Place& place : places_) {
      if (!means(spec, place)) continue;
      if (taken_.contains(place.partition)) return false;
      isKnown = true;
    }
    return isKnown;
  }

  void crypttab(const std::string& text) {
    std::vector<std::string> names;
    const auto isAbsent = [&](const CryptLine& line) { return isLeftBehind(line.source); };
    for (const CryptLine& line : parseCrypttab(text)) {
      if (!isAbsent(line)) continue;
      names.push_back(printable(line.name));
      mappings_.insert("/dev/mapper/" + line.name);
    }
    add(kCrypttab, text, toleratingLocked(text, isAbsent), names);
  }

  void fstab(const std::string& text) {
    std::vector<std::string> points;
    const auto isAbsent = [&](const MountLine& line) {
      return mappings_.contains(line.source) || isLeftBehind(line.source);
    };
    for (const MountLine& line : parseFstab(text)) {
      if (isAbsent(line)) points.push_back(printable(line.point));
    }
    add(kFstab, text, tolerating(text, isAbsent), points);
  }

  void add(const char* path, const std::string& before, std::string after,
           const std::vector<std::string>& what) {
    out_.points.insert(out_.points.end(), what.begin(), what.end());
    if (after == before) return;
    out_.edits.push_back({base_ + path, std::move(after),
                          fmt::format("nofail is added for {}", fmt::join(what, ", ")), false,
                          before});
  }

  const plan::Volume& volume_;
  const std::string base_;  // the root's folder in it, with a '/' at both ends
  const std::set<std::uint32_t>& taken_;
  const std::vector<Place> places_;
  std::set<std::string> mappings_;  // of what is locked in what is left behind
  Absent out_;
};

}  // namespace

std::string tolerating(std::string_view fstab,
                       const std::function<bool(const MountLine&)>& isAbsent) {
  return mapLines(fstab, [&](std::string_view line) {
    const std::vector<MountLine> parsed = parseFstab(line);
    return parsed.size() == 1 && isAbsent(parsed.front()) ? tolerant(line, "defaults,")
                                                          : std::string(line);
  });
}

std::string toleratingLocked(std::string_view crypttab,
                             const std::function<bool(const CryptLine&)>& isAbsent) {
  return mapLines(crypttab, [&](std::string_view line) {
    const std::vector<CryptLine> parsed = parseCrypttab(line);
    if (parsed.size() != 1 || !isAbsent(parsed.front())) return std::string(line);
    // "The third field specifies an absolute path to a file with the key"; "none" asks for it.
    const bool hasKey = linesOfWords(line).front().size() > 2;
    return tolerant(line, hasKey ? "" : "none ");
  });
}

Absent absentOf(const plan::Survey& survey, const plan::System& system,
                const std::set<std::uint32_t>& taken) {
  Absent out;
  try {
    if (system.isInside || !system.folder) {
      out.whyNot = system.isInside ? "it does not lie on a partition by itself"
                                   : "it is not known where that subvolume lies";
    } else {
      out = Tables(survey, system, taken).run();
    }
    out.partition = system.root;
    if (!out.whyNot.empty() || out.edits.empty()) return out;
    // With the tree closed: the kernel does not have two of the same Btrfs.
    const plan::Volume& volume = *survey.find(system.root);
    const std::string whole = plan::whyWhole(volume);
    out.whyNot = whole.empty() ? whyNotEdit(volume, out.edits) : "it is copied whole: " + whole;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    out.whyNot = error.what();
  }
  return out;
}

}  // namespace disktwin::system
