#include "clone/fs/filesystem.h"

#include <utility>

namespace disktwin::fs {

FileSystem::Inside FileSystem::inside(std::size_t) const {
  return {};
}

const char* stateName(VolumeState state) {
  switch (state) {
    case VolumeState::Clean:
      return "clean";
    case VolumeState::Dirty:
      return "dirty";
    case VolumeState::NeedsRecovery:
      return "needs recovery";
    case VolumeState::Hibernated:
      return "hibernated";
    case VolumeState::Unknown:
      break;
  }
  return "unknown";
}

VolumeState volumeState(const std::string& name) {
  for (const auto state : {VolumeState::Clean, VolumeState::Dirty, VolumeState::NeedsRecovery,
                           VolumeState::Hibernated}) {
    if (name == stateName(state)) return state;
  }
  return VolumeState::Unknown;
}

UsedMap UsedMap::whole(const BlockReader& volume, std::string why) {
  return {ExtentSet{{0, volume.size()}}, std::move(why)};
}

}  // namespace disktwin::fs
