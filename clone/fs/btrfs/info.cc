#include "clone/fs/btrfs/info.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/btrfs/chunk_tree.h"
#include "clone/fs/btrfs/device_tree.h"
#include "clone/fs/btrfs/roots.h"
#include "clone/fs/btrfs/super.h"
#include "clone/fs/btrfs/unproven.h"
#include "clone/io/uuid.h"
#include "platform/printable.h"

namespace disktwin::fs::btrfs {
namespace {

constexpr std::size_t kMostListed = 32;

VolumeState stateOf(const Super& super) {
  if (!superChecksumFits(super)) return VolumeState::Unknown;
  if ((super.flags & kError) != 0) return VolumeState::Dirty;
  return super.logRoot != 0 ? VolumeState::NeedsRecovery : VolumeState::Clean;
}

void warnOfDevices(const std::vector<DeviceItem>& devices, const Super& super,
                   std::vector<std::string>& warnings) {
  const std::uint64_t count = std::max<std::uint64_t>(super.devices, devices.size());
  if (count < 2) return;
  std::string list;
  for (std::size_t i = 0; i < std::min(devices.size(), kMostListed); ++i) {
    const DeviceItem& item = devices[i];
    list += fmt::format("{}{} ({}{}{})", i == 0 ? "" : ", ", item.id.value(), uuidText(item.uuid),
                        item.id == super.device.id ? ", this one" : "",
                        item.fsid != metadataUuidOf(super) ? ", a seed device" : "");
  }
  if (devices.size() > kMostListed) {
    list += fmt::format(" and {} more", devices.size() - kMostListed);
  }
  warnings.push_back(
      fmt::format("This is device {} of a filesystem on {} devices{}{}. Copying one of them alone"
                  " does not give a usable filesystem; copy them all.",
                  super.device.id.value(), count, list.empty() ? "" : ": ", list));
}

void noteState(const Super& super, std::vector<std::string>& notes) {
  if (!superChecksumFits(super)) {
    notes.push_back("The superblock is damaged: its checksum is wrong.");
  }
  if ((super.flags & kError) != 0) {
    notes.push_back(
        "The filesystem has recorded errors in itself; `btrfs check` should look at it.");
  }
  if (super.logRoot != 0) {
    notes.push_back(
        "The log of fsync holds changes that are not yet in the trees, as after a crash or while"
        " mounted; they are copied as they are and take effect when the copy is first mounted.");
  }
  if ((super.flags & kSeeding) != 0) {
    notes.push_back("It is a seed device: other filesystems may stand on it, and need it.");
  }
}

void noteWorkInProgress(TreeReader& trees, const Super& super, std::vector<std::string>& notes) {
  const auto find = [&](const NodeRef& tree, const Key& key) {
    auto found = trees.last(tree, key);
    if (found && found->first != key) found.reset();
    return found;
  };
  if (find(rootTree(super), {kBalance, kTemporaryItem, 0})) {
    notes.push_back(
        "A balance is under way; it goes on in the copy when that is mounted, unless with the mount"
        " option skip_balance.");
  }
  const Key key{kDeviceTree, kRootItem, 0};
  const auto root = find(rootTree(super), key);
  if (root && isReplacing(trees, treeOf(key, root->second))) {
    notes.push_back("A device is being replaced by another; let that finish before copying.");
  }
}

void noteTrees(const BlockReader& volume, const Super& super, VolumeInfo& info) {
  std::vector<DeviceItem> devices;
  std::string why;
  try {
    requireUsable(super, volume);
    const ChunkMap system = systemChunks(super, volume.size());
    TreeReader chunkTrees(volume, super, system);
    devices = readDevices(chunkTrees, super);
    const ChunkTree chunks = readChunks(volume, super);
    TreeReader trees(volume, super, chunks.map);
    noteWorkInProgress(trees, super, info.notes);
  } catch (const Unproven& unproven) {
    why = unproven.why;
  }
  warnOfDevices(devices, super, info.warnings);
  if (!why.empty()) {
    info.notes.push_back(fmt::format("Not all of its trees can be read here: {}.", why));
  }
}

std::uint64_t usedBytes(const Super& super) {
  // The filesystem's count is of all devices together, and each copy counts once.
  const std::uint64_t used = super.devices > 1 ? super.device.bytesUsed : super.bytesUsed;
  return std::min<std::uint64_t>(used, super.device.totalBytes);
}

}  // namespace

VolumeInfo describe(const BlockReader& volume, const Super& super) {
  VolumeInfo info;
  info.type = "btrfs";
  info.label = printable(
      {super.label,
       static_cast<std::size_t>(std::find(std::begin(super.label), std::end(super.label), '\0') -
                                std::begin(super.label))});
  info.uuid = uuidText(super.fsid);
  info.blockSize = super.sectorSize;
  info.size = super.device.totalBytes;
  info.used = usedBytes(super);
  info.state = stateOf(super);
  noteState(super, info.notes);
  noteTrees(volume, super, info);
  info.notes.push_back(
      "Btrfs tells filesystems apart by their UUID alone, and a copy has the same: while one of the"
      " two is mounted, the other must not be attached, or it may be taken for it.");
  return info;
}

}  // namespace disktwin::fs::btrfs
