// Cryptographic digests that on-disk formats use as checksums (Btrfs, LUKS2). Computed by
// libsodium.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace disktwin {

using Digest256 = std::array<std::byte, 32>;

Digest256 sha256(std::span<const std::byte> data);
// BLAKE2b with 256 bits and no key (RFC 7693).
Digest256 blake2b256(std::span<const std::byte> data);

}  // namespace disktwin
