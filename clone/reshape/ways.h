// The ways that reshaperFor() chooses from.
#pragma once

#include "clone/reshape/reshaper.h"

namespace disktwin::reshape {

const Reshaper& btrfsWay();  // the kernel
const Reshaper& exfatWay();  // only its serial number: tune.exfat
const Reshaper& extWay();    // e2fsck, resize2fs
const Reshaper& fatWay();    // itself, mtools
const Reshaper& ntfsWay();   // ntfsresize
const Reshaper& swapWay();   // mkswap
const Reshaper& xfsWay();    // the kernel

}  // namespace disktwin::reshape
