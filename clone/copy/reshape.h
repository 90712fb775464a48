// Brings volumes to their new sizes on the way to the target, while the source stays as it is.
#pragma once

#include <vector>

#include "clone/copy/progress.h"
#include "clone/io/block_target.h"
#include "clone/io/hash.h"
#include "clone/plan/plan.h"

namespace disktwin::copy {

// What the filesystems' tools have written to the target: nothing of the source could tell later
// whether it is still there.
struct WrittenBlock {
  Extent target;  // bytes on the target
  Hash128 hash;
};

// For each region with a new size, another UUID or boot sector, or other files: has the
// filesystem's own tools make it so on an overlay whose writes go straight to their places on the
// target, then sets in `plan` what is left to be copied from the source, and zeroes what the
// resized filesystem wants to be zero. Returns what was written. Throws Error(Failed) with the
// tool's words.
std::vector<WrittenBlock> reshapeVolumes(plan::Plan& plan, const BlockReader& source,
                                         BlockTarget& target, Progress& progress);

// The same for volumes that have been copied already, because their source came only once, from
// front to back: on an overlay over the copy itself. They are only made larger or changed in a few
// places; what the larger filesystem uses and nobody has written is zeroed. Call after flush().
std::vector<WrittenBlock> reshapeCopied(const plan::Plan& plan, BlockTarget& target,
                                        Progress& progress);

// Whether there is anything to do for these two.
bool isAnyReshaped(const plan::Plan& plan);

// Throws Error(Mismatch), naming the place, when the medium does not hold them.
void verifyWritten(const std::vector<WrittenBlock>& blocks, const BlockReader& medium,
                   const std::string& name, Progress& progress);

}  // namespace disktwin::copy
