// What a child that was forked keeps open of its parent's files.
#pragma once

#include <span>

namespace disktwin {

// The first that is kept has this number in the child, and the others follow.
inline constexpr int kFirstKept = 3;

// In the child: 0 to 2 become /dev/null, the descriptors of `kept` get the numbers from kFirstKept
// on, all others are closed. Nothing but calls of the kernel, which is what the child of a process
// with threads may do, where that has close_range(). Ends the child when it fails.
void keepOnly(std::span<const int> kept);

}  // namespace disktwin
