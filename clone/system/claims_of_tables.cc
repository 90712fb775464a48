#include <fmt/format.h>

#include <algorithm>

#include "clone/system/claims.h"
#include "platform/printable.h"

namespace disktwin::system {
namespace {

using plan::Role;

bool isAtOrBelow(const std::string& path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// Places that no system would have as its root.
bool isUsersOwn(const std::string& point) {
  return isAtOrBelow(point, "/home") || isAtOrBelow(point, "/srv") || isAtOrBelow(point, "/data");
}

class Tables {
 public:
  explicit Tables(const Scene& scene) : scene_(scene) {}

  std::vector<Claim> claims() {
    for (std::size_t i = 0; i < scene_.systems.size(); ++i) claimsOf(i);
    claimsOfUses();
    return std::move(out_);
  }

 private:
  void add(std::uint32_t partition, Role role, std::string why, std::optional<std::size_t> system,
           bool isWeak = false) {
    if (role == Role::Data) system.reset();
    out_.push_back({partition, role, std::move(why), system, isWeak});
  }

  void claimsOf(std::size_t index) {
    const Found& found = scene_.systems[index];
    const Place& home = scene_.places[found.place];
    const std::string inside = home.inside.empty() ? "" : fmt::format("holds {}, ", home.inside);
    add(home.partition, Role::Os,
        fmt::format("{}root of {}{}", inside, found.system.name,
                    found.root ? fmt::format(" (has {})", found.root->found) : ""),
        index);
    if (!found.root) return;
    std::vector<bool> used(found.root->crypts.size());
    for (const MountLine& line : found.root->mounts) claimsOfLine(index, line, used);
    for (std::size_t i = 0; i < used.size(); ++i) {
      // Unlocked for something that is not in the fstab: a physical volume of LVM, perhaps.
      if (!used[i]) claimsOfCrypt(index, found.root->crypts[i], Role::Os, "", false);
    }
  }

  std::string owner(std::size_t index) const {
    const plan::System& system = scene_.systems[index].system;
    return fmt::format("{} on {}", system.name, system.where);
  }

  // What the role is on that place: where an ESP stands is no ordinary /boot, and only FAT is an
  // ESP.
  Role roleOn(const Place& place, Role role) const {
    const plan::Volume* volume = scene_.survey.find(place.partition);
    const bool isEsp = volume && volume->kind.role == Role::EfiSystem;
    if (role == Role::Boot && isEsp) return Role::EfiSystem;
    if (role == Role::EfiSystem && !isEsp && place.type != "vfat") return Role::Boot;
    return role;
  }

  void claimsOfLine(std::size_t index, const MountLine& line, std::vector<bool>& used) {
    const DeviceSpec spec = parseDeviceSpec(line.source);
    if (spec.by == DeviceSpec::By::Nothing) return;
    const Role role = roleOf(line);
    const std::string how = role == Role::Swap
                                ? "swap space of"
                                : fmt::format("mounted at {} by", printable(line.point));
    const bool isWeak = role == Role::Data && !isUsersOwn(line.point);
    bool any = false;
    for (const Place& place : scene_.places) {
      if (!means(spec, place)) continue;
      any = true;
      if (line.point == "/" && &place == &scene_.places[scene_.systems[index].place]) continue;
      add(place.partition, roleOn(place, role),
          fmt::format("{}{} {} (its fstab)",
                      place.inside.empty() ? "" : fmt::format("holds {}, ", place.inside), how,
                      owner(index)),
          index, isWeak);
    }
    const std::vector<CryptLine>& crypts = scene_.systems[index].root->crypts;
    for (std::size_t i = 0; i < crypts.size() && spec.by == DeviceSpec::By::Mapper; ++i) {
      if (crypts[i].name != spec.plain) continue;
      used[i] = true;
      if (!any) claimsOfCrypt(index, crypts[i], role, how, isWeak);
    }
    if (any || role == Role::Data) return;
    for (const Place& place : scene_.places) {
      const bool typeFits = line.type == place.type || line.type == "auto" ||
                            (line.type == "msdos" && place.type == "vfat");
      if (!isHinted(spec, place) || !typeFits || place.type.empty()) continue;
      add(place.partition, roleOn(place, role),
          fmt::format("{} {} (a weak hint: its fstab says {})", how, owner(index),
                      printable(spec.value)),
          index);
    }
  }

  void claimsOfCrypt(std::size_t index, const CryptLine& crypt, Role role, const std::string& how,
                     bool isWeak) {
    const DeviceSpec spec = parseDeviceSpec(crypt.source);
    for (const Place& place : scene_.places) {
      if (!means(spec, place)) continue;
      add(place.partition, role,
          how.empty() ? fmt::format("unlocked as {} by {} (its crypttab)", printable(crypt.name),
                                    owner(index))
                      : fmt::format("{} {} (its crypttab and fstab)", how, owner(index)),
          index, isWeak);
    }
  }

  // What this machine has mounted at the moment.
  void claimsOfUses() {
    std::optional<std::size_t> running;
    for (std::size_t i = 0; i < scene_.systems.size(); ++i) {
      const plan::Volume* volume = scene_.survey.find(scene_.systems[i].system.root);
      for (const Use& use : volume->uses) {
        if (use.kind == Use::Kind::Mounted && use.point == "/") running = i;
      }
    }
    for (const plan::Volume& volume : scene_.survey.volumes) {
      for (const Use& use : volume.uses) {
        if (use.kind == Use::Kind::Swap && running)
          add(volume.partition, Role::Swap, use.how, running);
        if (use.kind != Use::Kind::Mounted) continue;
        const Role role = roleOf({{}, use.point, {}, {}});
        const bool isEsp = volume.kind.role == Role::EfiSystem;
        // Below /tmp and /var anybody mounts anything.
        const bool isOwn = role != Role::Os || use.point == "/" || use.point == "/usr" ||
                           use.point == "/var" || use.point == "/opt";
        if (role == Role::Data || !isOwn) {
          add(volume.partition, Role::Data, use.how, {}, !isUsersOwn(use.point));
        } else {
          add(volume.partition, isEsp ? Role::EfiSystem : role, use.how, running);
        }
      }
    }
  }

  const Scene& scene_;
  std::vector<Claim> out_;
};

}  // namespace

std::vector<Claim> claimsOfTables(const Scene& scene) {
  return Tables(scene).claims();
}

}  // namespace disktwin::system
