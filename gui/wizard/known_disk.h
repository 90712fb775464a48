// What is known of a disk, from one look at it to the next.
#pragma once

#include "gui/protocol/disk.h"

namespace disktwin::gui {

// Not all of it could be looked into: what was not found may be there.
bool isPartlyUnknown(const Disk& disk);

// The disk as a list shows it now, `fresh`, with what an earlier and closer look (`seen`) has told
// where the list tells less: who may not read a disk still knows its partitions and who uses them.
// Nothing of `seen` when the disk has other partitions by now.
Disk asKnown(const Disk& fresh, const Disk& seen);

}  // namespace disktwin::gui
