// How the reader of F2FS says, from deep inside, that a map cannot be proven complete.
#pragma once

#include <string>

namespace disktwin::fs::f2fs {

// Never leaves this folder: FileSystem::used() turns it into UsedMap::whole(). `why` is a clause
// that can follow "copied whole: ".
struct Unproven {
  std::string why;
};

}  // namespace disktwin::fs::f2fs
