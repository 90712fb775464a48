// CRC-32 as GPT uses it: polynomial 0x04C11DB7 reflected, seed and final XOR of all ones
// (UEFI 2.10, section 5.3.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace disktwin::table::gpt {

std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace disktwin::table::gpt
