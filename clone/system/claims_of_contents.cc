#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "clone/files/backend.h"
#include "clone/system/claims.h"

namespace disktwin::system {
namespace {

using plan::Role;
using plan::SystemKind;

bool holdsFolder(const Evidence& evidence, const std::string& name) {
  return !name.empty() && std::any_of(evidence.efiFolders.begin(), evidence.efiFolders.end(),
                                      [&](const std::string& folder) {
                                        return files::sameButForCase(folder, name);
                                      });
}

class Contents {
 public:
  Contents(const Scene& scene, const std::vector<Claim>& known) : scene_(scene), known_(known) {}

  std::vector<Claim> claims() {
    for (const Place& place : scene_.places) {
      ofLoaders(place);
      ofWindows(place);
      ofKernels(place);
      ofEntries(place);
      ofUsr(place);
    }
    for (const plan::Volume& volume : scene_.survey.volumes) ofType(volume);
    return std::move(out_);
  }

 private:
  void add(std::uint32_t partition, Role role, const std::string& why,
           std::optional<std::size_t> system) {
    out_.push_back({partition, role, why, system, false});
  }

  // For each system of that kind that `wants` it, or for none of them.
  template <typename Wants>
  void addForAll(std::uint32_t partition, Role role, const std::string& why, SystemKind kind,
                 const Wants& wants) {
    bool any = false;
    for (std::size_t i = 0; i < scene_.systems.size(); ++i) {
      if (scene_.systems[i].system.kind != kind || !wants(i)) continue;
      add(partition, role, why, i);
      any = true;
    }
    if (!any) add(partition, role, why, std::nullopt);
  }
  void addForAll(std::uint32_t partition, Role role, const std::string& why, SystemKind kind) {
    addForAll(partition, role, why, kind, [](std::size_t) { return true; });
  }

  // Whether the system's own tables name a partition for that role.
  bool hasOwn(std::size_t system, Role role) const {
    return std::any_of(known_.begin(), known_.end(), [&](const Claim& claim) {
      return claim.system == system && claim.role == role;
    });
  }

  bool isEsp(const Place& place) const {
    const plan::Volume* volume = scene_.survey.find(place.partition);
    return volume && volume->kind.role == Role::EfiSystem;
  }

  bool hasRoot(const Place& place) const { return !place.evidence.roots.empty(); }

  // Folders of vendors: whose system they start is in their names.
  void ofLoaders(const Place& place) {
    const Evidence& evidence = place.evidence;
    if (evidence.efiFolders.empty() || hasRoot(place) || !place.inside.empty()) return;
    if (!isEsp(place) && place.type != "vfat") return;
    for (std::size_t i = 0; i < scene_.systems.size(); ++i) {
      const Found& found = scene_.systems[i];
      if (found.system.kind != SystemKind::Linux || !found.root) continue;
      std::vector<std::string> names = found.root->release.idLike;
      names.insert(names.begin(), found.root->release.id);
      for (const std::string& name : names) {
        if (!holdsFolder(evidence, name)) continue;
        add(place.partition, Role::EfiSystem, fmt::format("holds EFI/{}", name), i);
        break;
      }
    }
    if (evidence.microsoftLoader) {
      addForAll(place.partition, Role::EfiSystem, "holds EFI/Microsoft/Boot", SystemKind::Windows);
    }
    add(place.partition, Role::EfiSystem,
        fmt::format("holds the folders {} below EFI", fmt::join(evidence.efiFolders, ", ")),
        std::nullopt);
  }

  void ofWindows(const Place& place) {
    const Evidence& evidence = place.evidence;
    if (evidence.bootmgr || evidence.bootBcd) {
      const char* why = evidence.bootmgr && evidence.bootBcd ? "has bootmgr and Boot/BCD"
                        : evidence.bootmgr                   ? "has bootmgr"
                                                             : "has Boot/BCD";
      addForAll(place.partition, Role::Boot, why, SystemKind::Windows);
    }
    if (evidence.recoveryImage && !hasRoot(place)) {
      addForAll(place.partition, Role::Recovery, "has Recovery/WindowsRE/Winre.wim",
                SystemKind::Windows);
    }
  }

  // A /boot of its own that nobody's fstab names belongs to all who name none.
  void ofKernels(const Place& place) {
    const Evidence& evidence = place.evidence;
    if (hasRoot(place) || (!evidence.kernels && !evidence.grub)) return;
    const Role role = isEsp(place) ? Role::EfiSystem : Role::Boot;
    addForAll(place.partition, role, evidence.kernels ? "holds kernels" : "holds GRUB's files",
              SystemKind::Linux, [&](std::size_t i) { return !hasOwn(i, Role::Boot); });
  }

  void ofEntries(const Place& place) {
    const Role role = isEsp(place) ? Role::EfiSystem : Role::Boot;
    for (const LoaderEntry& entry : place.evidence.loaderEntries) {
      const DeviceSpec spec = parseDeviceSpec(entry.root);
      for (std::size_t i = 0; i < scene_.systems.size(); ++i) {
        const Found& found = scene_.systems[i];
        if (found.system.kind != SystemKind::Linux || hasRoot(place)) continue;
        if (!means(spec, scene_.places[found.place])) continue;
        add(place.partition, role,
            fmt::format("its boot entry \"{}\" starts {}", entry.title, found.system.name), i);
      }
    }
  }

  void ofUsr(const Place& place) {
    const OsRelease& release = place.evidence.usrRelease;
    if (release.id.empty()) return;
    addForAll(place.partition, Role::Os, fmt::format("is a /usr of {}", release.title()),
              SystemKind::Linux, [&](std::size_t i) {
                const Root* root = scene_.systems[i].root;
                return !root || root->release.id.empty() || root->release.id == release.id;
              });
  }

  void ofType(const plan::Volume& volume) {
    const std::string why = fmt::format("partition type {}", volume.kind.name);
    const auto all = [&](SystemKind kind) {
      addForAll(volume.partition, volume.kind.role, why, kind);
    };
    const auto lacking = [&](Role role) {
      addForAll(volume.partition, role, why, SystemKind::Linux,
                [&](std::size_t i) { return !hasOwn(i, role); });
    };
    switch (volume.kind.role) {
      case Role::EfiSystem:
        lacking(Role::EfiSystem);
        break;
      case Role::Os:
        all(SystemKind::Linux);
        break;
      case Role::Boot:
        ofBootType(volume, why);
        break;
      case Role::Recovery:
      case Role::Reserved:
        all(SystemKind::Windows);
        break;
      case Role::Swap:
        lacking(Role::Swap);
        break;
      case Role::Data:
      case Role::Unknown:
        if (volume.type == "swap") {
          addForAll(volume.partition, Role::Swap, "it holds swap space", SystemKind::Linux,
                    [&](std::size_t i) { return !hasOwn(i, Role::Swap); });
        }
        break;
    }
  }

  // A loader's own partition, or one that is marked active: what the firmware starts, for whoever
  // is there. Old boot code that starts Windows starts nobody else.
  void ofBootType(const plan::Volume& volume, const std::string& why) {
    const table::Partition* partition = scene_.survey.layout.find(volume.partition);
    if (!partition || !partition->isActive()) {
      addForAll(volume.partition, Role::Boot, why, SystemKind::Linux);
      return;
    }
    const bool windows =
        std::any_of(scene_.systems.begin(), scene_.systems.end(),
                    [](const Found& found) { return found.system.kind == SystemKind::Windows; });
    addForAll(volume.partition, Role::Boot, "marked active",
              windows ? SystemKind::Windows : SystemKind::Linux);
  }

  const Scene& scene_;
  const std::vector<Claim>& known_;
  std::vector<Claim> out_;
};

}  // namespace

std::vector<Claim> claimsOfContents(const Scene& scene, const std::vector<Claim>& known) {
  return Contents(scene, known).claims();
}

}  // namespace disktwin::system
