// How the parts of this reader tell each other that the bytes make no sense.
#pragma once

#include <string>

namespace disktwin::fs::ntfs {

// Thrown for bytes that contradict the format; never leaves this folder: the volume's object
// catches it and says `why`, a clause such as "MFT record 6 bears no valid FILE signature".
struct Damage {
  std::string why;
};

}  // namespace disktwin::fs::ntfs
