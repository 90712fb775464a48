#include "clone/fs/f2fs/label.h"

#include <cstdint>
#include <iterator>

#include "platform/printable.h"

namespace disktwin::fs::f2fs {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

void append(std::string& out, std::uint32_t c) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

bool isHigh(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool isLow(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

std::string labelOf(const Super& super) {
  std::string out;
  for (std::size_t i = 0; i < std::size(super.label) && super.label[i] != 0; ++i) {
    const std::uint32_t unit = super.label[i];
    const bool pair = isHigh(unit) && i + 1 < std::size(super.label) && isLow(super.label[i + 1]);
    if (pair) {
      append(out, 0x10000 + ((unit - 0xD800) << 10) + (super.label[i + 1] - 0xDC00U));
      ++i;
    } else {
      append(out, isHigh(unit) || isLow(unit) ? kReplacement : unit);
    }
  }
  return printable(out);
}

}  // namespace disktwin::fs::f2fs
