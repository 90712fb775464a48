// In what condition the volume was left, and how far its metadata can be believed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/fs/ntfs/mft.h"

namespace disktwin::fs::ntfs {

struct Condition {
  VolumeState state = VolumeState::Clean;
  // Nobody vouches that $Bitmap names all clusters of all files: they have to be asked one by one.
  bool askEveryFile = false;
  // Not empty when even that would not do, because metadata exist that are not in their place yet:
  // a clause.
  std::string whyWhole;
  std::vector<std::string> notes;
};

// `volumeFlags` are those of $VOLUME_INFORMATION. Throws Damage.
Condition examine(const Mft& mft, std::uint16_t volumeFlags);

}  // namespace disktwin::fs::ntfs
