// A loop device over a part of a file that is only read.
#pragma once

#include <string>

#include "platform/extent.h"
#include "platform/linux/descriptor.h"

namespace disktwin {

struct LoopDevice {
  std::string path;
  Descriptor open;  // the device clears itself when this and all mounts of it are gone
};

// Throws Error(Failed) when none can be had.
LoopDevice attachReadOnly(int file, Extent part);

}  // namespace disktwin
