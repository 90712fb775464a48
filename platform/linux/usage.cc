#include "platform/usage.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "platform/linux/text_file.h"
#include "platform/printable.h"

namespace disktwin {
namespace {

constexpr int kDeepestStack = 16;  // made-up trees may loop

// What a device-mapper or RAID device is, in the words of its users.
Use heldBy(const BlockDevice& device) {
  Use use{Use::Kind::Held, device.path, {}, {}, {}, false};
  if (device.dmUuid.rfind("LVM-", 0) == 0) {
    use.how = fmt::format("in use by the LVM volume {}", device.dmName);
    use.whatToDo = "vgchange -an for its volume group";
  } else if (device.dmUuid.rfind("CRYPT-", 0) == 0) {
    use.how = fmt::format("opened as the encrypted volume {}", device.dmName);
    use.whatToDo = "cryptsetup close " + device.dmName;
  } else if (!device.dmName.empty()) {
    use.how = fmt::format("in use by the device-mapper device {}", device.dmName);
    use.whatToDo = "dmsetup remove " + device.dmName;
  } else {
    use.how = fmt::format("a member of the {} array {}", device.raidLevel, device.path);
    use.whatToDo = "mdadm --stop " + device.path;
  }
  return use;
}

Use mountedAt(const Mount& mount, const std::string& device) {
  return {
      Use::Kind::Mounted,
      device,
      fmt::format("mounted at {}{}", printable(mount.point), mount.readOnly ? " (read-only)" : ""),
      printable(mount.point),
      "umount " + printable(mount.point),
      mount.readOnly};
}

// Btrfs gives its mounts a made-up device number and names one member only; sysfs has them all.
bool isBtrfsMember(const SystemRoots& roots, const BlockDevice& device) {
  for (const std::string& fsid : listFolder(roots.sys + "/fs/btrfs")) {
    for (const std::string& member : listFolder(roots.sys + "/fs/btrfs/" + fsid + "/devices")) {
      if (member == device.name) return true;
    }
  }
  return false;
}

std::vector<std::string> swapPaths(const SystemRoots& roots) {
  std::vector<std::string> paths;
  for (const std::string& line : splitLines(readTextFile(roots.proc + "/swaps"))) {
    std::istringstream words(line);
    std::string path;
    if (words >> path && path.rfind('/', 0) == 0) paths.push_back(path);
  }
  return paths;
}

// All that stands on `base`, other than the device `self`.
class UseCollector {
 public:
  UseCollector(const DeviceTree& tree, const std::vector<BaseExtent>& base, const BlockDevice* self)
      : tree_(tree), base_(base), self_(self) {}

  std::vector<Use> collect() {
    addMounts();
    for (const std::string& path : swapPaths(tree_.roots())) {
      if (touches(path)) {
        uses_.push_back(
            {Use::Kind::Swap, path, "in use as swap space", {}, "swapoff " + path, false});
      }
    }
    for (const BlockDevice& device : tree_.devices()) {
      const bool isSelf = self_ && device.number == self_->number;
      if (!overlap(tree_.baseOf(device), base_)) continue;
      if (isBtrfsMember(tree_.roots(), device) && !anyMountOf(device)) {
        uses_.push_back({Use::Kind::Held,
                         device.path,
                         "a member of a mounted Btrfs filesystem",
                         {},
                         "unmount that filesystem",
                         false});
      }
      if (isSelf || (self_ && standsBelow(*self_, device, 0))) continue;
      if (device.isMapping()) uses_.push_back(heldBy(device));
      if (device.isLoop()) {
        uses_.push_back({Use::Kind::Held,
                         device.path,
                         fmt::format("attached as the loop device {}", device.path),
                         {},
                         "losetup -d " + device.path,
                         false});
      }
    }
    return std::move(uses_);
  }

 private:
  bool touches(const std::string& path) const { return overlap(tree_.baseOf(path), base_); }

  void addMounts() {
    for (const Mount& mount : readMounts(tree_.roots())) {
      const BlockDevice* device = tree_.byNumber(mount.device);
      const bool byNumber = device && overlap(tree_.baseOf(*device), base_);
      // FUSE and Btrfs mounts are known by the path they were mounted from alone.
      if (byNumber) {
        uses_.push_back(mountedAt(mount, device->path));
      } else if (mount.source.rfind('/', 0) == 0 && !device && touches(mount.source)) {
        uses_.push_back(mountedAt(mount, mount.source));
      }
    }
  }

  bool anyMountOf(const BlockDevice& device) const {
    for (const Use& use : uses_) {
      if (use.device == device.path) return true;
    }
    return false;
  }

  // A mapping that is cloned itself: what it stands on is no user of it.
  bool standsBelow(const BlockDevice& upper, const BlockDevice& device, int depth) const {
    if (depth > kDeepestStack) return false;
    for (const std::string& name : upper.slaves) {
      const BlockDevice* under = tree_.byName(name);
      if (under && (under->number == device.number || standsBelow(*under, device, depth + 1))) {
        return true;
      }
    }
    const BlockDevice* under = upper.isPartition() ? tree_.byName(upper.disk)
                               : upper.isLoop()    ? tree_.loopUnder(upper)
                                                   : nullptr;
    return under && (under->number == device.number || standsBelow(*under, device, depth + 1));
  }

  const DeviceTree& tree_;
  const std::vector<BaseExtent>& base_;
  const BlockDevice* self_;
  std::vector<Use> uses_;
};

}  // namespace

std::vector<Use> usesOf(const DeviceTree& tree, const std::string& path) {
  const std::vector<BaseExtent> base = tree.baseOf(path);
  return UseCollector(tree, base, tree.byPath(path)).collect();
}

std::vector<Use> usesOf(const DeviceTree& tree, const std::string& path, Extent part) {
  std::vector<BaseExtent> base = tree.baseOf(path);
  // What stands on several things may have put the part anywhere on them.
  if (base.size() == 1) {
    Extent& whole = base.front().extent;
    const std::uint64_t room = whole.length - std::min(part.offset, whole.length);
    whole = {whole.offset + part.offset, std::min(part.length, room)};
  }
  return UseCollector(tree, base, tree.byPath(path)).collect();
}

std::vector<Use> usesOf(const DeviceTree& tree, const BlockDevice& device) {
  const std::vector<BaseExtent> base = tree.baseOf(device);
  return UseCollector(tree, base, &device).collect();
}

std::string deviceUnder(const DeviceTree& tree, const std::string& path) {
  std::error_code ignored;
  std::string at = std::filesystem::absolute(path, ignored).string();
  struct stat info {};
  while (::stat(at.c_str(), &info) != 0) {
    const std::string parent = std::filesystem::path(at).parent_path().string();
    if (parent == at || parent.empty()) return {};
    at = parent;
  }
  if (const BlockDevice* device = tree.byNumber(info.st_dev)) return device->path;
  // Btrfs gives every subvolume a number of its own: the mount is found by its place instead.
  const std::string real = std::filesystem::canonical(at, ignored).string() + "/";
  Mount best;
  for (const Mount& mount : readMounts(tree.roots())) {
    const std::string point = mount.point == "/" ? "/" : mount.point + "/";
    if (real.rfind(point, 0) == 0 && mount.point.size() >= best.point.size()) best = mount;
  }
  return best.source.rfind('/', 0) == 0 ? best.source : std::string();
}

}  // namespace disktwin
