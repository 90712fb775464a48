// What the feature words of a superblock mean for the map of used blocks.
#pragma once

#include <string>

#include "clone/fs/ext/ondisk.h"

namespace disktwin::fs::ext {

// "ext2", "ext3", "ext4", "ext4dev" or "jbd": what libblkid calls a volume with this superblock.
std::string typeName(const Super& super);

// Throws Unproven when a feature is set whose effect on the allocation metadata is not known.
void requireKnownFeatures(const Super& super);

// Throws Unproven when the superblock itself says that the bitmaps need not be right.
void requireTrustedState(const Super& super);

// False when the superblock carries a checksum and it does not fit.
bool superChecksumFits(const Super& super);

}  // namespace disktwin::fs::ext
