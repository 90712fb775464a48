// How the reader of LVM says, from deep inside, that a map cannot be proven complete.
#pragma once

#include <string>

namespace disktwin::fs::lvm {

// Never leaves this folder: FileSystem::used() turns it into UsedMap::whole(). `why` is a clause
// that can follow "copied whole: ".
struct Unproven {
  std::string why;
};

}  // namespace disktwin::fs::lvm
