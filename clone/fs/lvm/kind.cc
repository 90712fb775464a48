#include "clone/fs/lvm/kind.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

// A snapshot that is being merged back names its store differently (lib/snapshot/snapshot.c).
bool isStore(const Use& use) {
  return use.type == "snapshot" && (use.as == "cow_store" || use.as == "merging_store");
}

bool isSnapshotStore(const std::vector<Use>& uses) {
  return std::any_of(uses.begin(), uses.end(), isStore);
}

std::string_view typeOf(const LogicalVolume& volume) {
  for (const Segment& segment : volume.segments) {
    if (segment.type != "striped") return segment.type;
  }
  return {};
}

// Anything that reads a volume apart from itself may need blocks that are free by its own account.
std::string whyNeeded(const Group& group, const Use& use) {
  if (isStore(use)) return "it keeps what a snapshot needs, in a form of its own";
  if (use.type == "snapshot") {
    return "it has a snapshot, which still needs blocks that have been freed here since";
  }
  if (use.as == "external_origin") {
    return "thin volumes stand on it, and may need blocks that have been freed here since";
  }
  return fmt::format("it is a part of {}", printable(group.logical[use.by].name));
}

}  // namespace

std::string kindOf(const LogicalVolume& volume, const std::vector<Use>& uses) {
  if (isSnapshotStore(uses)) return "snapshot";
  std::string_view type = typeOf(volume);
  if (type.empty()) {
    return std::any_of(volume.segments.begin(), volume.segments.end(),
                       [](const Segment& segment) { return segment.areas.size() > 1; })
               ? "striped"
               : "linear";
  }
  type = type.substr(0, type.find('+'));  // flags of its format follow
  if (type == "thin") return "thin volume";
  std::string out = printable(type);
  std::replace(out.begin(), out.end(), '-', ' ');
  return out;
}

std::string whyOpaque(const Group& group, const LogicalVolume& volume,
                      const std::vector<Use>& uses) {
  const std::string kind = kindOf(volume, uses);
  if (kind == "thin volume") return "its blocks lie in its pool, of which all is copied";
  if (!typeOf(volume).empty())
    return fmt::format("volumes of the kind {} are not looked into", kind);
  if (!uses.empty()) return whyNeeded(group, uses.front());
  for (const std::string_view status : volume.status) {
    // _lv_flags of lib/format_text/flags.c; the others (PVMOVE, LOCKED, NOTSYNCED) and new ones
    // mean that something else is going on.
    if (status != "READ" && status != "WRITE" && status != "VISIBLE" && status != "FIXED_MINOR") {
      return fmt::format("it is in the state {}", printable(status));
    }
  }
  if (!has(volume.status, "VISIBLE")) return "it belongs to LVM itself";
  return {};
}

bool isSeen(const LogicalVolume& volume, const std::vector<Use>& uses) {
  // A snapshot is the store that the user made; what ties it to its origin is LVM's own, whatever
  // its status says.
  if (typeOf(volume) == "snapshot") return false;
  return isSnapshotStore(uses) || has(volume.status, "VISIBLE");
}

}  // namespace disktwin::fs::lvm
