// Disks that somebody could have.
#pragma once

#include <vector>

#include "gui/widgets/disk_list.h"
#include "gui/wizard/fitting.h"

namespace disktwin::gui::test {

Disk laptopDisk();  // Windows and Linux on 512 GB
Disk smallSsd();    // Linux on 250 GB
Disk largeSsd();    // an empty one of 1 TB
Disk usbStick();
Disk unreadableDisk();
Disk savedDisk();

std::vector<DiskList::Entry> someDisks();
// The laptop's disk onto the small SSD.
Fitting someFitting();
Fitting someLargerFitting();

}  // namespace disktwin::gui::test
