// The superblock: what it says of the filesystem, and whether a map may be made from it at all.
#pragma once

#include <span>

#include "clone/fs/btrfs/ondisk.h"
#include "clone/io/block_reader.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::btrfs {

bool superChecksumFits(const Super& super);

// The UUID that tree blocks bear: with metadata_uuid another one than the filesystem's own.
const Uuid& metadataUuidOf(const Super& super);

// The places of all copies of the superblock, as far as the volume has them.
ExtentSet superPlaces(std::uint64_t volumeSize);

// What is in use without being in any tree: the first MiB, where boot loaders may lie, and the
// surroundings of the superblock's copies.
ExtentSet reservedPlaces(std::uint64_t volumeSize);

// Throws Unproven unless every number and every feature is understood, and no copy of the
// superblock is newer than this one.
void requireUsable(const Super& super, const BlockReader& volume);

}  // namespace disktwin::fs::btrfs
