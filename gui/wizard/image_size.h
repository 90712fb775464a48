// How much room an image takes, before anybody knows how well the disk can be compressed.
#pragma once

#include <cstdint>
#include <set>

#include "gui/protocol/disk.h"

namespace disktwin::gui {

// Bytes, at most: as if nothing could be compressed. `partitions`: those that are saved; empty:
// all. What has not been looked into counts as full. That a damaged filesystem is saved whole is
// known only to the plan.
std::uint64_t mostForImage(const Disk& disk, const std::set<std::uint32_t>& partitions,
                           bool allSectors);

}  // namespace disktwin::gui
