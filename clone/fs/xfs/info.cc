#include "clone/fs/xfs/info.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "clone/fs/xfs/features.h"
#include "clone/fs/xfs/geometry.h"
#include "clone/fs/xfs/log.h"
#include "clone/fs/xfs/unproven.h"
#include "clone/io/uuid.h"

namespace disktwin::fs::xfs {
namespace {

constexpr std::uint64_t kMinGroupBytes = 16 * MiB;  // what mkfs and growfs leave unused at the end

std::string labelOf(const Super& super) {
  const std::string all(super.label, sizeof super.label);
  return all.substr(0, all.find('\0'));
}

void describeLog(const BlockReader& volume, const Geometry& geometry, VolumeInfo& info) {
  switch (examineLog(volume, geometry)) {
    case LogState::Clean:
      info.state = VolumeState::Clean;
      return;
    case LogState::Pending:
      info.state = VolumeState::NeedsRecovery;
      info.notes.emplace_back(
          "It was not unmounted cleanly: its log is replayed when it is mounted next.");
      return;
    case LogState::External:
      return;
  }
}

void describeSizes(const BlockReader& volume, const Super& super, const Geometry& geometry,
                   VolumeInfo& info) {
  info.blockSize = geometry.blockSize;
  info.size = geometry.bytes();
  const std::uint64_t free = std::min<std::uint64_t>(super.freeDataBlocks, geometry.blocks);
  info.used = (geometry.blocks - free) * geometry.blockSize;
  if (volume.size() - info.size >= kMinGroupBytes) {
    info.notes.push_back(
        fmt::format("The partition is {} bytes larger than the filesystem in it, which xfs_growfs"
                    " can enlarge.",
                    volume.size() - info.size));
  }
}

}  // namespace

VolumeInfo describe(const BlockReader& volume, const Super& super) {
  VolumeInfo info;
  info.type = "xfs";
  info.label = labelOf(super);
  info.uuid = uuidText(super.uuid);
  info.notes = featureNotes(super);
  try {
    requireKnownFeatures(super);
  } catch (const Unproven& unproven) {
    info.notes.push_back(fmt::format("It is not understood: {}.", unproven.why));
  }
  try {
    const Geometry geometry = Geometry::of(super, volume.size());
    describeSizes(volume, super, geometry, info);
    describeLog(volume, geometry, info);
    requireSound(volume, super);
  } catch (const Unproven& unproven) {
    info.state = VolumeState::Dirty;
    info.notes.push_back(fmt::format("It wants a check: {}.", unproven.why));
  }
  return info;
}

}  // namespace disktwin::fs::xfs
