// Model, serial number and bus of a disk, from sysfs and from udev's database where it runs.
#pragma once

#include <string>

#include "platform/device_tree.h"

namespace disktwin {

// Fills the disk's model, serial, wwn and bus; `folder` is its folder in sysfs.
void describeDisk(const SystemRoots& roots, const std::string& folder, BlockDevice& disk);

}  // namespace disktwin
