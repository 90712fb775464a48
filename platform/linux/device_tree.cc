#include "platform/device_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <string_view>
#include <system_error>

#include "platform/linux/device_details.h"
#include "platform/linux/loop_file.h"
#include "platform/linux/text_file.h"

namespace disktwin {
namespace {

constexpr std::uint64_t kSysfsSector = 512;  // sysfs counts in these, whatever the device's sectors
constexpr int kDeepestStack = 16;            // LUKS on LVM on RAID on loop: far fewer in practice

std::string fileId(std::uint64_t device, std::uint64_t inode) {
  return fmt::format("file {}:{}", device, inode);
}

// Empty when nobody can tell: not root, and the path leads nowhere.
std::string loopFileId(const BlockDevice& loop) {
  if (loop.loopFileInode != 0) return fileId(loop.loopFileDevice, loop.loopFileInode);
  struct stat info {};
  if (::stat(loop.loopFile.c_str(), &info) != 0) return {};
  return fileId(info.st_dev, info.st_ino);
}

std::uint64_t deviceNumber(const std::string& majorMinor) {
  unsigned major = 0;
  unsigned minor = 0;
  if (std::sscanf(majorMinor.c_str(), "%u:%u", &major, &minor) != 2) return 0;
  return ::makedev(major, minor);
}

BlockDevice readDevice(const SystemRoots& roots, const std::string& name) {
  const std::string folder = roots.sys + "/class/block/" + name;
  BlockDevice device;
  device.name = name;
  // The kernel writes '!' in sysfs for what is '/' under /dev (cciss!c0d0).
  std::string node = name;
  std::replace(node.begin(), node.end(), '!', '/');
  device.path = roots.dev + "/" + node;
  device.number = deviceNumber(readLine(folder + "/dev"));
  device.size = readNumber(folder + "/size") * kSysfsSector;
  device.readOnly = readNumber(folder + "/ro") != 0;

  std::string diskFolder = folder;
  device.partitionNumber = static_cast<std::uint32_t>(readNumber(folder + "/partition"));
  if (device.partitionNumber != 0) {
    std::error_code ignored;
    const auto real = std::filesystem::canonical(folder, ignored);
    device.disk = real.parent_path().filename().string();
    device.partitionStart = readNumber(folder + "/start") * kSysfsSector;
    diskFolder = roots.sys + "/class/block/" + device.disk;
  }
  device.removable = readNumber(diskFolder + "/removable") != 0;
  const std::string queue = diskFolder + "/queue";
  device.rotational = readNumber(queue + "/rotational") != 0;
  device.logicalSector = static_cast<std::uint32_t>(readNumber(queue + "/logical_block_size", 512));
  device.physicalSector =
      static_cast<std::uint32_t>(readNumber(queue + "/physical_block_size", 512));
  device.optimalIo = readNumber(queue + "/optimal_io_size");

  device.slaves = listFolder(folder + "/slaves");
  device.dmName = readLine(folder + "/dm/name");
  device.dmUuid = readLine(folder + "/dm/uuid");
  device.raidLevel = readLine(folder + "/md/level");
  device.loopFile = readLine(folder + "/loop/backing_file");
  device.loopOffset = readNumber(folder + "/loop/offset");
  device.loopSizeLimit = readNumber(folder + "/loop/sizelimit");
  if (device.isLoop()) identifyLoopFile(device);
  if (!device.isPartition()) describeDisk(roots, folder, device);
  return device;
}

}  // namespace

DeviceTree DeviceTree::read(const SystemRoots& roots) {
  DeviceTree tree;
  tree.roots_ = roots;
  for (const std::string& name : listFolder(roots.sys + "/class/block")) {
    BlockDevice device = readDevice(roots, name);
    if (device.number != 0) tree.devices_.push_back(std::move(device));
  }
  return tree;
}

const BlockDevice* DeviceTree::byName(const std::string& name) const {
  const auto found = std::find_if(devices_.begin(), devices_.end(),
                                  [&](const BlockDevice& d) { return d.name == name; });
  return found == devices_.end() ? nullptr : &*found;
}

const BlockDevice* DeviceTree::byNumber(std::uint64_t number) const {
  const auto found = std::find_if(devices_.begin(), devices_.end(),
                                  [&](const BlockDevice& d) { return d.number == number; });
  return found == devices_.end() ? nullptr : &*found;
}

const BlockDevice* DeviceTree::byPath(const std::string& path) const {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISBLK(info.st_mode)) return nullptr;
  return byNumber(info.st_rdev);
}

const BlockDevice* DeviceTree::loopUnder(const BlockDevice& loop) const {
  if (loop.loopFileInode != 0) {
    return loop.loopBlockDevice == 0 ? nullptr : byNumber(loop.loopBlockDevice);
  }
  return byPath(loop.loopFile);
}

void DeviceTree::flatten(const BlockDevice& device, Extent part, int depth,
                         std::vector<BaseExtent>& out) const {
  if (depth > kDeepestStack) return;
  if (device.isPartition()) {
    if (const BlockDevice* disk = byName(device.disk)) {
      flatten(*disk, {device.partitionStart + part.offset, part.length}, depth + 1, out);
      return;
    }
  }
  if (device.isLoop()) {
    const Extent shifted{device.loopOffset + part.offset, part.length};
    if (const BlockDevice* under = loopUnder(device)) {
      flatten(*under, shifted, depth + 1, out);
      return;
    }
    const std::string file = loopFileId(device);
    if (!file.empty()) {
      out.push_back({file, shifted});
      return;
    }
  }
  // A mapping may put any of its bytes anywhere on what it stands on.
  for (const std::string& slave : device.slaves) {
    if (const BlockDevice* under = byName(slave)) flatten(*under, {0, under->size}, depth + 1, out);
  }
  out.push_back({fmt::format("disk {}:{}", major(device.number), minor(device.number)), part});
}

std::vector<BaseExtent> DeviceTree::baseOf(const BlockDevice& device) const {
  std::vector<BaseExtent> out;
  flatten(device, {0, device.size}, 0, out);
  return out;
}

std::vector<BaseExtent> DeviceTree::baseOf(const std::string& path) const {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  if (S_ISBLK(info.st_mode)) {
    if (const BlockDevice* device = byNumber(info.st_rdev)) return baseOf(*device);
    return {{fmt::format("disk {}:{}", major(info.st_rdev), minor(info.st_rdev)),
             {0, std::numeric_limits<std::uint64_t>::max()}}};
  }
  // However long it is: a file that grows is still the same file.
  return {{fileId(info.st_dev, info.st_ino), {0, std::numeric_limits<std::uint64_t>::max()}}};
}

bool DeviceTree::isDeviceFolder(const std::string& folder) const {
  struct stat nodes {};
  struct stat asked {};
  return ::stat(roots_.dev.c_str(), &nodes) == 0 && ::stat(folder.c_str(), &asked) == 0 &&
         nodes.st_dev == asked.st_dev && (folder + "/").rfind(roots_.dev + "/", 0) == 0;
}

std::vector<std::string> DeviceTree::persistentNames(const BlockDevice& device) const {
  std::vector<std::string> names;
  const std::string folder = roots_.dev + "/disk/by-id";
  for (const std::string& name : listFolder(folder)) {
    const BlockDevice* found = byPath(folder + "/" + name);
    if (found && found->number == device.number) names.push_back(folder + "/" + name);
  }
  // wwn- and nvme-eui names are numbers; people recognise model and serial.
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) {
    return name.find("/wwn-") == std::string::npos && name.find("/nvme-eui.") == std::string::npos;
  });
  return names;
}

bool overlap(const std::vector<BaseExtent>& a, const std::vector<BaseExtent>& b) {
  for (const BaseExtent& x : a) {
    for (const BaseExtent& y : b) {
      if (x.base == y.base && x.extent.overlaps(y.extent)) return true;
    }
  }
  return false;
}

}  // namespace disktwin
