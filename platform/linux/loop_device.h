// Loop devices over files. They clear themselves, however this process ends.
#pragma once

#include <string>

#include "platform/extent.h"
#include "platform/linux/descriptor.h"

namespace disktwin {

struct LoopDevice {
  std::string path;
  Descriptor open;  // the device clears itself when this and all mounts of it are gone
};

// Over a part of a file, which is only read. Throws Error(Failed) when none can be had.
LoopDevice attachReadOnly(int file, Extent part);

// Over all of a file that is open for reading and writing. Throws Error(Failed).
LoopDevice attachForWriting(int file);

}  // namespace disktwin
