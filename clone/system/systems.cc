#include "clone/system/claims.h"

namespace disktwin::system {
namespace {

// With a /usr of its own, the root has no os-release that could be read.
OsRelease releaseOf(const Root& root, const std::vector<Place>& places) {
  if (!root.release.title().empty() && !root.release.id.empty()) return root.release;
  for (const MountLine& line : root.mounts) {
    if (line.point != "/usr") continue;
    for (const Place& place : places) {
      if (means(parseDeviceSpec(line.source), place) && !place.evidence.usrRelease.id.empty()) {
        return place.evidence.usrRelease;
      }
    }
  }
  return root.release;
}

bool isRunning(const plan::Volume& volume) {
  for (const Use& use : volume.uses) {
    if (use.kind == Use::Kind::Mounted && use.point == "/") return true;
  }
  return false;
}

Found found(const Place& place, std::size_t index, const Root& root,
            const std::vector<Place>& places) {
  Found out;
  out.place = index;
  out.root = &root;
  out.system.kind = root.kind;
  out.system.root = place.partition;
  out.system.where = place.describe();
  out.system.isInside = !place.inside.empty();
  out.system.folder = root.folder;
  if (!root.subvolume.empty()) out.system.where += ", " + root.subvolume;
  if (root.kind == plan::SystemKind::Windows) {
    out.system.name = root.windows.title();
    out.system.version = root.windows.full();
  } else {
    const OsRelease release = releaseOf(root, places);
    out.system.name = release.title();
    out.system.version = release.versionId;
  }
  return out;
}

}  // namespace

std::vector<Found> systemsOf(const plan::Survey& survey, const std::vector<Place>& places) {
  std::vector<Found> out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place& place = places[i];
    for (const Root& root : place.evidence.roots) out.push_back(found(place, i, root, places));
    const plan::Volume* volume = survey.find(place.partition);
    const bool isFirst = out.empty() || out.back().system.root != place.partition;
    if (place.inside.empty() && isFirst && volume && isRunning(*volume) &&
        place.evidence.roots.empty() && place.type != "LVM2_member" &&
        place.type != "crypto_LUKS") {
      Found running;
      running.place = i;
      running.system.name = "the running Linux";
      running.system.root = place.partition;
      running.system.where = place.describe();
      out.push_back(std::move(running));
    }
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].system.number = static_cast<unsigned>(i + 1);
  }
  return out;
}

}  // namespace disktwin::system
