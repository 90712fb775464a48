// Mounts that have no place in any tree of folders: they are a descriptor, and gone with it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "platform/linux/descriptor.h"

namespace disktwin {

// Names and values; without a value a flag.
using MountOptions = std::vector<std::pair<std::string, std::string>>;

enum class MountView {
  LookOnly,  // nothing can be written, executed or opened as a device
  All,       // what the options say; nothing can be executed or opened as a device
};

// The root folder of the filesystem on a device. Throws Error(Failed) with the kernel's words.
Descriptor mountDetached(const std::string& device, const std::string& type,
                         const MountOptions& options, MountView view);

// Whether the kernel knows a type of filesystem; loads its module where there is one. Needs root.
bool kernelKnows(const std::string& type);

}  // namespace disktwin
