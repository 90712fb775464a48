// BLAKE2b with 256 bits and no key (RFC 7693), one of the checksums that Btrfs can be made with. To
// find damage only: no secrets pass through here.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace disktwin::fs::btrfs {

std::array<std::byte, 32> blake2b256(std::span<const std::byte> data);

}  // namespace disktwin::fs::btrfs
