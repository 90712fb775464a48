// What versions and feature words of a superblock mean for the map of used blocks.
#pragma once

#include <string>
#include <vector>

#include "clone/fs/xfs/ondisk.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::xfs {

// Throws Unproven when a feature is set whose effect on the allocation metadata is not known.
void requireKnownFeatures(const Super& super);

// Throws Unproven when the superblock itself says that it or the rest need not be right, and
// Error(Read).
void requireSound(const BlockReader& volume, const Super& super);

// A sentence for each thing about the features that a user wants to hear.
std::vector<std::string> featureNotes(const Super& super);

}  // namespace disktwin::fs::xfs
