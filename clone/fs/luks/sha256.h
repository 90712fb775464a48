// SHA-256 (FIPS 180-4), by which LUKS2 protects its headers.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace disktwin::fs::luks {

std::array<std::byte, 32> sha256(std::span<const std::byte> data);

}  // namespace disktwin::fs::luks
