// Signatures of what may have been put over a former swap area without touching its header page.
#pragma once

#include <string>

#include "clone/io/block_reader.h"

namespace disktwin::fs::swap {

// The name of what else the volume may be; empty when nothing was found. Hardly anything of a swap
// area is copied, so mistaking another volume for one would lose all of it.
std::string findForeign(const BlockReader& volume);

}  // namespace disktwin::fs::swap
