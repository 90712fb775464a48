#include "clone/io/uuid.h"

#include <fmt/format.h>

#include <algorithm>

namespace disktwin {

std::string uuidText(std::span<const std::uint8_t, 16> uuid) {
  std::string out;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02x}", uuid[i]);
  }
  return out;
}

std::string uuidTextIfAny(std::span<const std::uint8_t, 16> uuid) {
  const bool isNone = std::ranges::all_of(uuid, [](std::uint8_t byte) { return byte == 0; });
  return isNone ? std::string() : uuidText(uuid);
}

}  // namespace disktwin
