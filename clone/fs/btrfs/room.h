// How small the kernel could make a Btrfs, and what speaks against resizing one at all.
#pragma once

#include <cstdint>
#include <string>

#include "clone/io/block_reader.h"

namespace disktwin::fs::btrfs {

// The kernel refuses to resize anything to less.
inline constexpr std::uint64_t kLeastSize = 256 * MiB;

// Why the filesystem cannot be mounted and changed by itself, as a clause; empty when it can.
std::string whyNotAlone(const BlockReader& volume);

// Why the filesystem cannot be mounted by itself and resized, as a clause; empty when it can.
std::string whyFixed(const BlockReader& volume);

// A size in bytes to which it can be shrunk with room to spare: what lies beyond must find place in
// what is free of the chunks before it, or in new ones. At most the size that it has. Throws
// Error(Read) when the medium fails.
std::uint64_t leastSize(const BlockReader& volume);

}  // namespace disktwin::fs::btrfs
