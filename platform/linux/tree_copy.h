// A tree of files from one mounted filesystem to another of the same kind, with all that belongs to
// them.
#pragma once

#include "platform/kernel_refill.h"

namespace disktwin {

// `root` is an open folder. Throws as measureByKernel() does.
TreeSize measureTree(int root);

// Both are open folders, `to` an empty one. /proc has to be mounted. Throws as copyByKernel() does.
void copyTree(int from, int to);

}  // namespace disktwin
