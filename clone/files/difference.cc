#include "clone/files/difference.h"

#include <fmt/format.h>

#include "platform/printable.h"
#include "platform/size_text.h"

namespace disktwin::files {
namespace {

std::string differenceOfContent(const ManifestEntry& found, const std::string& content) {
  Hasher hasher;
  hasher.add(hashOf(std::as_bytes(std::span(content))));
  return found.info.size == content.size() && found.content == hasher.result()
             ? ""
             : "its content is not what it was to be changed to";
}

// Of a file that was changed on purpose only what was not meant to change is looked at.
std::string differenceOfEdited(const ManifestEntry& wanted, const ManifestEntry& found,
                               const std::string& content) {
  if (found.info.mode != wanted.info.mode || found.info.owner != wanted.info.owner ||
      found.info.group != wanted.info.group || found.extras != wanted.extras) {
    return "its mode, owner or extended attributes differ";
  }
  return differenceOfContent(found, content);
}

// What the source does not have: files that were to be made, and folders that lead to them.
std::string differenceOfNew(const ManifestEntry& found, const Edited& edited) {
  const auto edit = edited.lower_bound(found.path);
  if (edit == edited.end()) return "is not on the source";
  if (edit->first == found.path) return differenceOfContent(found, edit->second);
  const bool leadsThere =
      found.info.type == NodeType::Folder && edit->first.starts_with(found.path + "/");
  return leadsThere ? "" : "is not on the source";
}

std::string differenceOf(const ManifestEntry& wanted, const ManifestEntry& found) {
  const NodeInfo& a = wanted.info;
  const NodeInfo& b = found.info;
  for (const ManifestEntry* one : {&wanted, &found}) {
    if (!one->unknown.empty()) return fmt::format("cannot be compared: {}", one->unknown);
  }
  if (a.type != b.type) return "is of another type";
  if (a.mode != b.mode) return fmt::format("has the mode {:o}, expected {:o}", b.mode, a.mode);
  if (a.owner != b.owner || a.group != b.group) {
    return fmt::format("belongs to {}:{}, expected {}:{}", b.owner, b.group, a.owner, a.group);
  }
  if (a.type == NodeType::Regular && a.size != b.size) {
    return fmt::format("has {} bytes, expected {}", formatCount(b.size), formatCount(a.size));
  }
  if (wanted.content != found.content) return "its content differs";
  if (wanted.link != found.link) return "leads elsewhere";
  if (wanted.extras != found.extras) return "its extended attributes or streams differ";
  if (a.device != b.device) return "is another device";
  if (a.type != NodeType::Folder && a.links != b.links) {
    return fmt::format("has {} names, expected {}", b.links, a.links);
  }
  if (a.modified != b.modified || a.modifiedNanos != b.modifiedNanos) {
    return "its time of change differs";
  }
  return {};
}

}  // namespace

std::uint64_t findDifferences(
    Manifest& wanted, Manifest& found, const Edited& edited,
    const std::function<void(const std::string& path, const std::string& what)>& each) {
  std::uint64_t count = 0;
  auto a = wanted.next();
  auto b = found.next();
  while (a || b) {
    ++count;
    if (!b || (a && comesBefore(a->path, b->path))) {
      each(a->path, "is missing");
      a = wanted.next();
      continue;
    }
    if (!a || comesBefore(b->path, a->path)) {
      const std::string what = differenceOfNew(*b, edited);
      if (!what.empty()) each(b->path, what);
      b = found.next();
      continue;
    }
    const auto edit = edited.find(a->path);
    const std::string what =
        edit == edited.end() ? differenceOf(*a, *b) : differenceOfEdited(*a, *b, edit->second);
    if (!what.empty()) each(a->path, what);
    a = wanted.next();
    b = found.next();
  }
  return count;
}

}  // namespace disktwin::files
