// UUIDs as filesystems store them, in the order of their text (RFC 4122, section 3). The GUIDs of
// GPT have another order: clone/table/layout.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace disktwin {

// "0a1b2c3d-4e5f-4601-9788-99aabbccddee"
std::string uuidText(std::span<const std::uint8_t, 16> uuid);

// The same, but empty for a UUID of zeroes, which stands for none.
std::string uuidTextIfAny(std::span<const std::uint8_t, 16> uuid);

}  // namespace disktwin
