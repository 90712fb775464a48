// The checksum at the head of every superblock and tree block, in each kind that the format has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "clone/fs/btrfs/ondisk.h"

namespace disktwin::fs::btrfs {

bool isKnownChecksum(std::uint16_t type);

// The field as it has to read for `block`, a superblock or tree block with its checksum in front;
// shorter kinds leave the rest zero. `type` must be a known one.
std::array<std::byte, kSumSize> checksumOf(std::uint16_t type, std::span<const std::byte> block);

// Whether `block` bears the right one. False for an unknown type. Bytes behind a short checksum are
// not looked at, as in the kernel.
bool checksumFits(std::uint16_t type, std::span<const std::byte> block);

}  // namespace disktwin::fs::btrfs
