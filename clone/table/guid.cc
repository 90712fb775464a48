#include <fmt/format.h>

#include "clone/table/layout.h"

namespace disktwin::table {
namespace {

// Where the bytes of the text form come from: UEFI 2.10, appendix A, stores the first three groups
// little-endian.
constexpr std::array<std::uint8_t, 16> kTextOrder = {3, 2, 1,  0,  5,  4,  7,  6,
                                                     8, 9, 10, 11, 12, 13, 14, 15};

constexpr bool isDashPlace(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Guid::toString() const {
  std::string text;
  text.reserve(36);
  for (const std::uint8_t from : kTextOrder) {
    if (isDashPlace(text.size())) text += '-';
    text += fmt::format("{:02X}", bytes[from]);
  }
  return text;
}

std::optional<Guid> Guid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Guid guid;
  std::size_t place = 0;
  for (const std::uint8_t to : kTextOrder) {
    if (isDashPlace(place) && text[place++] != '-') return std::nullopt;
    const int high = hexValue(text[place++]);
    const int low = hexValue(text[place++]);
    if (high < 0 || low < 0) return std::nullopt;
    guid.bytes[to] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return guid;
}

}  // namespace disktwin::table
