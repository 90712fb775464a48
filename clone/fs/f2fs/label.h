// The label of a volume.
#pragma once

#include <string>

#include "clone/fs/f2fs/ondisk.h"

namespace disktwin::fs::f2fs {

// In UTF-8; half a surrogate pair becomes U+FFFD.
std::string labelOf(const Super& super);

}  // namespace disktwin::fs::f2fs
