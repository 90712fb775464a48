#include "clone/system/references.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "clone/files/open.h"
#include "clone/plan/regions.h"
#include "clone/system/editing.h"
#include "clone/system/fields.h"
#include "clone/system/places.h"
#include "clone/system/reference_files.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

constexpr std::size_t kLargestText = 4 * MiB;
constexpr std::size_t kLargestProgram = 16 * MiB;
constexpr std::size_t kLargestImage = 512 * MiB;
constexpr std::size_t kPart = 4 * MiB;
constexpr std::size_t kMostNamed = 8;

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

bool isPartOfWord(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == '-';
}

// Whether the word stands at `at`, and ends there.
bool standsAt(std::string_view text, std::size_t at, std::string_view word) {
  if (word.empty() || word.size() > text.size() - at) return false;
  if (at > 0 && isPartOfWord(text[at - 1])) return false;
  const std::size_t end = at + word.size();
  if (end < text.size() && isPartOfWord(text[end])) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text[at + i]) != lower(word[i])) return false;
  }
  return true;
}

// Calls found(at, index) wherever one of them stands.
template <typename Found>
void forEachMention(std::string_view text, const std::vector<plan::NewId>& ids,
                    const Found& found) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!isPartOfWord(text[at]) || (at > 0 && isPartOfWord(text[at - 1]))) continue;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!standsAt(text, at, ids[i].before)) continue;
      found(at, i);
      at += ids[i].before.size() - 1;
      break;
    }
  }
}

std::string inCaseOf(std::string_view model, std::string_view text) {
  const bool upper = std::ranges::any_of(model, [](char c) { return c >= 'A' && c <= 'F'; });
  const bool lowered = std::ranges::any_of(model, [](char c) { return c >= 'a' && c <= 'f'; });
  std::string out(text);
  if (!upper && !lowered) return out;
  for (char& c : out) {
    c = upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : lower(c);
  }
  return out;
}

// Whether a file that is too large to be held names one of them.
bool mentionsAny(files::FileTree& tree, const std::string& path, std::size_t most,
                 const std::vector<plan::NewId>& ids) {
  constexpr std::size_t kOverlap = 64;  // longer than any identifier
  std::string bytes(kPart, '\0');
  for (std::uint64_t at = 0; at < most; at += kPart - kOverlap) {
    const std::size_t got =
        tree.read(path, at, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
    const auto counts = mentions(std::string_view(bytes).substr(0, got), ids);
    if (std::ranges::any_of(counts, [](std::size_t count) { return count > 0; })) return true;
    if (got < kPart) break;
  }
  return false;
}

std::string listOf(const std::vector<std::string>& paths) {
  std::vector<std::string> named;
  for (const std::string& path : paths) {
    if (named.size() < kMostNamed) named.push_back(printable(path));
  }
  return fmt::format("{}{}", fmt::join(named, ", "), paths.size() > kMostNamed ? ", ..." : "");
}

// What of the identifiers a text names: "1111... (now 2222...)".
std::string namedIn(std::string_view text, const std::vector<plan::NewId>& ids) {
  const auto counts = mentions(text, ids);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (counts[i] > 0) out.push_back(fmt::format("{} (now {})", ids[i].before, ids[i].after));
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

// By which labels a text means volumes among `places`: "LABEL=files".
std::vector<std::string> labelsIn(std::string_view text, const std::vector<Place>& places) {
  std::vector<std::string> out;
  for (const std::vector<std::string>& words : linesOfWords(text)) {
    for (const std::string& word : words) {
      for (const std::string_view lead :
           {"PARTLABEL=", "LABEL=", "/dev/disk/by-partlabel/", "/dev/disk/by-label/"}) {
        const std::size_t at = word.find(lead);
        if (at == word.npos) continue;
        const std::string name = word.substr(at, word.find_first_of("\"'", at) - at);
        const DeviceSpec spec = parseDeviceSpec(name);
        const bool isShared =
            std::ranges::any_of(places, [&](const Place& place) { return means(spec, place); });
        if (isShared && std::ranges::count(out, name) == 0) out.push_back(name);
        break;
      }
    }
  }
  return out;
}

class Adapting {
 public:
  Adapting(const plan::Survey& survey, const std::vector<Place>& places,
           const std::vector<plan::NewId>& ids, References& out)
      : survey_(survey), places_(places), ids_(ids), out_(out) {}

  void lookInto(const Place& place) {
    if (place.type == "swap" || (place.type.empty() && place.doubt.empty())) return;
    if (place.locked) {
      out_.warnings.push_back(fmt::format(
          "{}: is locked, so nobody can tell which of the old identifiers it names (fstab, "
          "crypttab); adapt those in the copy before you start it.",
          place.describe()));
      return;
    }
    if (!place.reader || !files::isReadable(place.type)) return;
    try {
      lookThrough(place, *files::openTree(place.reader, place.type));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Cancelled) throw;
      out_.warnings.push_back(fmt::format(
          "{}: cannot be looked into ({}): whatever names an old identifier there still does so in "
          "the copy.",
          place.describe(), error.detail()));
    }
    takeFound(place);
  }

 private:
  void lookThrough(const Place& place, files::FileTree& tree) {
    const ReferenceFiles files = referenceFiles(tree, subvolumes(place, tree));
    for (const std::string& path : files.texts) adapt(place, tree, path);
    std::vector<std::string> naming;
    for (const std::string& path : files.loaders) {
      if (mentionsAny(tree, path, kLargestProgram, ids_)) naming.push_back(path);
    }
    if (!naming.empty()) {
      out_.warnings.push_back(fmt::format(
          "{}: {} is a program that has an old identifier in it, which stays: install the boot "
          "loader anew in the copy (grub-install).",
          place.describe(), listOf(naming)));
    }
    lookAtImages(place, tree, files.images);
  }

  std::vector<std::string> subvolumes(const Place& place, files::FileTree& tree) const {
    std::vector<std::string> out;
    if (place.type != "btrfs") return out;
    for (const files::Entry& entry : tree.listSome("/", 256)) {
      if (entry.type == NodeType::Folder && tree.isFile("/" + entry.name + "/etc/fstab")) {
        out.push_back(entry.name);
      }
    }
    return out;
  }

  // Most are compressed, and then nothing can be said.
  void lookAtImages(const Place& place, files::FileTree& tree,
                    const std::vector<std::string>& images) {
    std::vector<std::string> naming;
    std::vector<std::string> unknown;
    for (const std::string& path : images) {
      (mentionsAny(tree, path, kLargestImage, ids_) ? naming : unknown).push_back(path);
    }
    if (!naming.empty()) {
      out_.warnings.push_back(
          fmt::format("{}: {} names an old identifier and is not changed: make it anew in the copy "
                      "(update-initramfs -u, dracut -f).",
                      place.describe(), listOf(naming)));
    }
    if (!unknown.empty()) {
      out_.warnings.push_back(
          fmt::format("{}: {} cannot be looked into: should it name an old identifier (the swap "
                      "space to resume "
                      "from, a root), make it anew in the copy (update-initramfs -u, dracut -f).",
                      place.describe(), listOf(unknown)));
    }
  }

  // Labels stay, so both disks have them.
  void warnOfLabels(const Place& place, const std::string& path, std::string_view text) {
    const std::vector<std::string> shared = labelsIn(text, places_);
    if (shared.empty()) return;
    out_.warnings.push_back(fmt::format(
        "{}: {} names {}, which original and copy share: while both are in one machine, "
        "it is a matter of luck which of the two is taken.",
        place.describe(), printable(path), listOf(shared)));
  }

  void adapt(const Place& place, files::FileTree& tree, const std::string& path) {
    std::vector<plan::FileEdit>& edits = out_.edits[place.partition];
    const auto planned = std::ranges::find(edits, path, &plan::FileEdit::path);
    const bool isPlanned = place.inside.empty() && planned != edits.end();
    const auto text =
        isPlanned ? std::optional(planned->content) : tree.readText(path, kLargestText);
    if (!text) return;
    warnOfLabels(place, path, *text);
    std::string content = renamed(*text, ids_);
    if (content == *text) return;
    if (isPlanned) {
      planned->content = std::move(content);
      planned->what += ", and the new identifiers are put in";
      return;
    }
    found_.push_back({path, std::move(content), "the new identifiers are put in", false, *text});
  }

  // With the tree closed: the kernel does not have two of the same Btrfs.
  void takeFound(const Place& place) {
    const plan::Volume* volume = survey_.find(place.partition);
    std::string whole;
    if (!found_.empty()) {
      whole = place.inside.empty() && volume != nullptr
                  ? plan::whyWhole(*volume)
                  : "it does not lie on a partition by itself";
    }
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const std::string why = whole.empty() ? whyNotEdit(*volume, {found_[i]}) : whole;
      if (why.empty()) {
        out_.edits[place.partition].push_back(std::move(found_[i]));
        continue;
      }
      out_.warnings.push_back(fmt::format(
          "{}: {} names {}, and cannot be changed on the way: {}. Change it in the copy before you "
          "start that.",
          place.describe(), printable(found_[i].path), namedIn(found_[i].before, ids_), why));
    }
    found_.clear();
  }

  const plan::Survey& survey_;
  const std::vector<Place>& places_;  // of what is copied
  const std::vector<plan::NewId>& ids_;
  References& out_;
  std::vector<plan::FileEdit> found_;  // of the volume at hand
};

void refuseWindows(const plan::Survey& survey, const auto& isTaken) {
  std::string what;
  for (const plan::System& system : survey.systems) {
    if (system.kind == plan::SystemKind::Windows && isTaken(system.root)) what = system.name;
  }
  for (const plan::Volume& volume : survey.volumes) {
    if (isTaken(volume.partition) && volume.type == "BitLocker" && what.empty()) {
      what = plan::volumeName(volume);
    }
  }
  if (what.empty()) return;
  throw Error(ErrorKind::Refused, "--new-ids",
              fmt::format("{} starts by the identifiers of its disk and partitions, which stand in "
                          "its boot store (BCD) and registry and cannot be adapted here",
                          what),
              "leave it out, or leave out that system with --partitions; Windows itself gives the "
              "second disk in a machine another identifier when it is brought online");
}

// GRUB's core image of a BIOS lies outside of any file, and what it was told is packed in it.
void warnOfCoreImage(const plan::Survey& survey, const std::vector<plan::NewId>& ids,
                     References& out) {
  const bool isTold = std::ranges::any_of(out.edits, [](const auto& entry) {
    return std::ranges::any_of(entry.second, [](const plan::FileEdit& edit) {
      return edit.path.ends_with("/i386-pc/load.cfg");
    });
  });
  if (!isTold || ids.empty()) return;
  out.warnings.push_back(
      fmt::format("{}: GRUB's core image (BIOS) was told an old identifier to find its files by, "
                  "which stays: start the copy from a rescue medium and run grub-install.",
                  survey.disk->name()));
}

}  // namespace

std::vector<std::size_t> mentions(std::string_view text, const std::vector<plan::NewId>& ids) {
  std::vector<std::size_t> out(ids.size());
  forEachMention(text, ids, [&](std::size_t, std::size_t index) { ++out[index]; });
  return out;
}

std::string renamed(std::string_view text, const std::vector<plan::NewId>& ids) {
  std::string out(text);
  forEachMention(text, ids, [&](std::size_t at, std::size_t index) {
    const std::size_t size = ids[index].before.size();
    out.replace(at, size, inCaseOf(text.substr(at, size), ids[index].after));
  });
  return out;
}

References adaptReferences(const plan::Survey& survey, const plan::NewIds& ids,
                           const std::set<std::uint32_t>& partitions,
                           std::map<std::uint32_t, std::vector<plan::FileEdit>> edits) {
  const auto isTaken = [&](std::uint32_t number) {
    return partitions.empty() || partitions.contains(number);
  };
  refuseWindows(survey, isTaken);
  References out;
  out.edits = std::move(edits);
  std::vector<Place> places = placesOf(survey);
  std::erase_if(places, [&](const Place& place) { return !isTaken(place.partition); });
  Adapting adapting(survey, places, ids.changes, out);
  for (const Place& place : places) adapting.lookInto(place);
  std::erase_if(out.edits, [](const auto& entry) { return entry.second.empty(); });
  warnOfCoreImage(survey, ids.changes, out);
  return out;
}

}  // namespace disktwin::system
