#include "clone/fs/f2fs/info.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "clone/fs/f2fs/checkpoint.h"
#include "clone/fs/f2fs/label.h"
#include "clone/fs/f2fs/roll_forward.h"
#include "clone/fs/f2fs/unproven.h"
#include "clone/io/uuid.h"
#include "platform/printable.h"

namespace disktwin::fs::f2fs {
namespace {

bool anySet(std::span<const std::uint8_t> bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; });
}

std::string devicesOf(const Super& super) {
  std::string names;
  for (const Device& device : super.devices) {
    const std::string_view path(device.path, std::size(device.path));
    const std::string name = printable(path.substr(0, path.find('\0')));
    if (name.empty()) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

void noteSuper(const BlockReader& volume, const Supers& supers, VolumeInfo& info) {
  const Super& super = supers.chosen;
  if (supers.fromBackup) {
    info.notes.emplace_back("Its superblock is damaged; what is told here is from the copy.");
  } else if (!supers.same) {
    info.notes.emplace_back("Its superblock and the copy of it differ; fsck.f2fs should check it.");
  }
  if (const std::string names = devicesOf(super); !names.empty()) {
    info.notes.push_back(fmt::format(
        "The filesystem spans several devices ({}): it cannot be mounted without all of them, so"
        " copy the others as well.",
        names));
  }
  if (anySet(super.errors)) {
    info.notes.emplace_back(
        "The filesystem has recorded damage in itself; fsck.f2fs should check"
        " it.");
  }
  if (anySet(super.stopReasons)) {
    info.notes.emplace_back(
        "It was once shut down because of an error, or on purpose, and not"
        " checked since.");
  }
  if (info.size > volume.size()) {
    info.notes.push_back(
        fmt::format("The filesystem claims {} bytes, but the volume has only {}: a"
                    " part of it is missing.",
                    info.size, volume.size()));
  }
}

void noteFlags(const Pack& pack, std::vector<std::string>& notes) {
  if (pack.alone) {
    notes.emplace_back(
        "One of its two checkpoints is not sound: it was damaged, or was being"
        " written when the power failed.");
  }
  if (pack.is(kErrors) || pack.is(kWantsFsck)) {
    notes.emplace_back("The filesystem has recorded errors in itself; fsck.f2fs should check it.");
  }
  if (pack.is(kQuotaWantsFsck)) {
    notes.emplace_back("Its quota files are out of date; fsck.f2fs repairs them.");
  }
  if (pack.is(kDisabled)) {
    notes.emplace_back("It was last mounted with checkpoints switched off (checkpoint=disable).");
  }
  if (pack.is(kResizing)) notes.emplace_back("A change of its size was not finished.");
  if (pack.is(kOrphans)) {
    notes.emplace_back(
        "Files that were deleted while they were open still take room; the next"
        " mount frees it.");
  }
}

VolumeState stateOf(const Super& super, const Pack& pack, bool rolls) {
  if (pack.is(kErrors) || pack.is(kWantsFsck) || pack.is(kQuotaWantsFsck) || pack.alone ||
      anySet(super.errors)) {
    return VolumeState::Dirty;
  }
  if (!pack.is(kUnmounted) || rolls) return VolumeState::NeedsRecovery;
  return anySet(super.stopReasons) || pack.is(kDisabled) || pack.is(kResizing) ? VolumeState::Dirty
                                                                               : VolumeState::Clean;
}

void describeCheckpoint(const BlockReader& volume, const Super& super, VolumeInfo& info) {
  const Geometry g = geometryOf(super, volume.size());
  const Pack pack = currentPack(volume, g);
  const std::uint64_t blocks = std::min<std::uint64_t>(pack.head.validBlocks, g.end - g.main);
  info.used = (g.main + blocks) * kBlockSize;
  noteFlags(pack, info.notes);
  const bool rolls = rollsForward(volume, g, pack, logsOf(pack, super, g));
  info.state = stateOf(super, pack, rolls);
  if (rolls) {
    info.notes.emplace_back(
        "Files were written after its last checkpoint; they are copied as they"
        " are and take effect when the copy is first mounted.");
  } else if (!pack.is(kUnmounted)) {
    info.notes.emplace_back(
        "It was not unmounted cleanly, as after a crash or while mounted; the"
        " next mount goes back to its last checkpoint.");
  }
}

}  // namespace

VolumeInfo describe(const BlockReader& volume, const Supers& supers) {
  const Super& super = supers.chosen;
  VolumeInfo info;
  info.type = "f2fs";
  info.label = labelOf(super);
  info.uuid = uuidTextIfAny(super.uuid);
  info.blockSize = super.logBlockSize < 32 ? 1U << super.logBlockSize : 0;
  const std::uint64_t blocks = super.blockCount;
  info.size = info.blockSize != 0 && blocks < (std::uint64_t{1} << 32) ? blocks * info.blockSize
                                                                       : volume.size();
  info.used = info.size;
  noteSuper(volume, supers, info);
  try {
    describeCheckpoint(volume, super, info);
  } catch (const Unproven& unproven) {
    info.state = VolumeState::Dirty;
    info.notes.push_back(fmt::format("It cannot be read: {}.", unproven.why));
  }
  return info;
}

}  // namespace disktwin::fs::f2fs
