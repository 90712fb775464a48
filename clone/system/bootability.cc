#include "clone/system/bootability.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "clone/files/open.h"
#include "clone/plan/regions.h"
#include "clone/system/boot_code.h"
#include "clone/system/editing.h"
#include "clone/system/loaders.h"
#include "clone/system/places.h"
#include "platform/error.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

using plan::Role;

bool isEsp(const plan::Volume& volume) {
  return volume.fs && volume.type == "vfat" &&
         (volume.kind.role == Role::EfiSystem || volume.role == Role::EfiSystem);
}

class Report {
 public:
  Report(const plan::Survey& survey, const plan::Plan& plan)
      : survey_(survey), plan_(plan), places_(placesOf(survey)) {}

  BootReport run() {
    bool anyEsp = false;
    for (const plan::Volume& volume : survey_.volumes) {
      if (!isEsp(volume) || !isTaken(volume.partition)) continue;
      anyEsp = true;
      uefi(volume);
    }
    if (!anyEsp) out_.ways.push_back({"UEFI", false, "no EFI system partition is copied"});
    out_.ways.push_back(biosWay(survey_, plan_));
    for (const plan::System& system : survey_.systems) ofSystem(system);
    if (std::ranges::none_of(out_.ways, &BootWay::starts)) {
      out_.problems.push_back("No firmware would find anything to start.");
    }
    return std::move(out_);
  }

 private:
  const plan::Region* regionOf(std::uint32_t partition) const {
    const auto found = std::ranges::find(plan_.regions, partition, &plan::Region::partition);
    return found == plan_.regions.end() ? nullptr : &*found;
  }
  bool isTaken(std::uint32_t partition) const {
    return partition != 0 && plan_.targetLayout.find(partition) != nullptr;
  }

  void uefi(const plan::Volume& volume) {
    const std::string where = fmt::format("partition {}", volume.partition);
    Loaders loaders;
    try {
      loaders = loadersOn(*files::openTree(volume.reader, volume.type));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::Cancelled) throw;
      out_.problems.push_back(fmt::format("{}: what is on it cannot be read: {}.",
                                          plan::volumeName(volume), error.detail()));
      return;
    }
    std::vector<std::string> starts;
    for (const LoaderFile& loader : loaders.fallbacks) starts.push_back(loader.path);
    if (const plan::Region* region = regionOf(volume.partition)) {
      for (const plan::FileEdit& edit : region->edits) {
        if (edit.path.find("/BOOT/BOOT") == edit.path.npos) continue;
        starts.push_back(fmt::format("{} ({})", edit.path.substr(1), edit.what));
      }
    }
    if (!starts.empty()) {
      out_.ways.push_back({"UEFI", true, fmt::format("{} on {}", fmt::join(starts, ", "), where)});
    } else if (!loaders.installed.empty()) {
      out_.ways.push_back(
          {"UEFI", false,
           fmt::format("{} on {} is only found by an entry in the firmware's own memory (make one "
                       "there, or with efibootmgr)",
                       loaders.installed.front().path, where)});
    } else {
      out_.ways.push_back({"UEFI", false, fmt::format("no loader that is known on {}", where)});
    }
    for (const std::string& uuid : loaders.grubSeeks) sought(uuid, "GRUB");
  }

  // A filesystem that a loader or a table needs, by its UUID.
  void sought(const std::string& uuid, const char* who) {
    DeviceSpec spec;
    spec.by = DeviceSpec::By::Uuid;
    spec.value = uuid;
    for (const Place& place : places_) {
      if (!means(spec, place)) continue;
      if (isTaken(place.partition)) {
        out_.uses.push_back(fmt::format("{} goes on from {}.", who, place.describe()));
      } else {
        out_.problems.push_back(
            fmt::format("{} goes on from {}, which is left behind.", who, place.describe()));
      }
      return;
    }
    out_.problems.push_back(fmt::format(
        "{} looks for the filesystem {}, which is not on this disk.", who, printable(uuid)));
  }

  // Only what is copied with its root is looked at.
  void ofSystem(const plan::System& system) {
    if (!isTaken(system.root)) return;
    out_.uses.push_back(fmt::format("{}: its root is {}.", system.name, system.where));
    for (const plan::SystemPartition& part : system.partitions) {
      if (isTaken(part.partition)) continue;
      out_.problems.push_back(fmt::format("{}: partition {} is left behind ({}: {}).", system.name,
                                          part.partition, plan::roleName(part.role), part.why));
    }
    if (system.kind != plan::SystemKind::Linux) return;
    for (Place& place : places_) {
      if (place.describe() != system.where && !system.where.starts_with(place.describe() + ",")) {
        continue;
      }
      if (!place.reader) continue;
      for (const Root& root : lookInto(place.reader, place.type).roots) ofRoot(system, root);
      return;
    }
  }

  void ofRoot(const plan::System& system, const Root& root) {
    for (const MountLine& line : root.mounts) {
      const DeviceSpec spec = parseDeviceSpec(line.source);
      if (spec.by == DeviceSpec::By::Nothing || line.isOptional()) continue;
      if (spec.by == DeviceSpec::By::Number) {
        out_.problems.push_back(fmt::format(
            "{}: its fstab names {} for {} by number, which may be another disk's in the new "
            "place.",
            system.name, printable(line.source), printable(line.point)));
        continue;
      }
      const bool isHere =
          std::ranges::any_of(places_, [&](const Place& place) { return means(spec, place); });
      if (isHere || line.source.starts_with("/dev/mapper/")) continue;
      out_.problems.push_back(
          fmt::format("{}: its fstab waits for {} at {}, which is not on this disk.", system.name,
                      printable(line.source), printable(line.point)));
    }
  }

  const plan::Survey& survey_;
  const plan::Plan& plan_;
  std::vector<Place> places_;
  BootReport out_;
};

}  // namespace

BootReport bootReport(const plan::Survey& survey, const plan::Plan& plan) {
  return Report(survey, plan).run();
}

std::map<std::uint32_t, std::vector<plan::FileEdit>> fallbackLoaders(
    const plan::Survey& survey, const std::set<std::uint32_t>& taken,
    std::vector<std::string>& warnings) {
  std::map<std::uint32_t, std::vector<plan::FileEdit>> out;
  const std::string prefer = survey.systems.empty() ? "" : survey.systems.front().name;
  for (const plan::Volume& volume : survey.volumes) {
    if (!isEsp(volume) || (!taken.empty() && !taken.contains(volume.partition))) continue;
    try {
      const auto tree = files::openTree(volume.reader, volume.type);
      std::vector<plan::FileEdit> edits = missingFallbacks(*tree, prefer);
      if (edits.empty()) continue;
      const std::string why = whyNotEdit(volume, edits);
      if (why.empty()) {
        out[volume.partition] = std::move(edits);
        continue;
      }
      warnings.push_back(fmt::format(
          "{}: {} is missing, and cannot be made in the copy: {}. Firmware that does not know the "
          "copy will not find its loader.",
          plan::volumeName(volume), edits.front().path, why));
    } catch (const Error& error) {
      // Nobody can tell what is there; the report says so.
      if (error.kind() == ErrorKind::Cancelled) throw;
    }
  }
  return out;
}

}  // namespace disktwin::system
