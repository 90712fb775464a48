// How the reader of Btrfs says, from deep inside, that something cannot be proven.
#pragma once

#include <string>

namespace disktwin::fs::btrfs {

// Neither leaves this folder; `why` is a clause that can follow "copied whole: ".

// Something is damaged, not understood, or on another device. Thrown while the chunk tree is read,
// it means the whole volume; later, all space that the chunk tree gives to this device.
struct Unproven {
  std::string why;
};

// What speaks against the chunk tree itself: always the whole volume.
struct Contradiction {
  std::string why;
};

}  // namespace disktwin::fs::btrfs
