#include "platform/size_text.h"

#include <fmt/format.h>

#include <cctype>

#include "platform/extent.h"

namespace disktwin {

std::string formatSize(std::uint64_t bytes) {
  if (bytes < KiB) return fmt::format("{} bytes", bytes);
  const char* units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1023.95 && unit + 1 < std::size(units)) {
    value /= 1024;
    ++unit;
  }
  std::string digits = fmt::format("{:.1f}", value);
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return fmt::format("{} {}", digits, units[unit]);
}

std::string formatCount(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string formatSizeExactly(std::uint64_t bytes) {
  if (bytes < KiB) return formatSize(bytes);
  return fmt::format("{} ({} bytes)", formatSize(bytes), formatCount(bytes));
}

namespace {

// The factor of "", "K", "KiB", "KB", ... in lower case.
std::optional<std::uint64_t> unitFactor(const std::string& unit) {
  if (unit.empty() || unit == "b" || unit == "byte" || unit == "bytes") return 1;
  const std::string letters = "kmgtpe";
  const std::size_t power = letters.find(unit[0]);
  if (power == std::string::npos) return std::nullopt;
  const std::string rest = unit.substr(1);
  std::uint64_t base = 0;
  if (rest.empty() || rest == "ib") base = 1024;
  if (rest == "b") base = 1000;
  if (base == 0) return std::nullopt;
  std::uint64_t factor = 1;
  for (std::size_t i = 0; i <= power; ++i) factor *= base;
  return factor;
}

}  // namespace

__extension__ typedef unsigned __int128 Wide;

std::optional<std::uint64_t> parseSize(std::string_view text) {
  // Digits with at most one point, scaled exactly: a double would round large byte counts.
  std::uint64_t digits = 0;
  std::uint64_t scale = 1;
  bool point = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      const auto digit = static_cast<std::uint64_t>(c - '0');
      if (__builtin_mul_overflow(digits, std::uint64_t{10}, &digits) ||
          __builtin_add_overflow(digits, digit, &digits)) {
        return std::nullopt;
      }
      if (point && __builtin_mul_overflow(scale, std::uint64_t{10}, &scale)) return std::nullopt;
    } else {
      break;
    }
  }
  if (at == 0 || text[at - 1] == '.') return std::nullopt;
  while (at < text.size() && text[at] == ' ') ++at;
  std::string unit(text.substr(at));
  for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto factor = unitFactor(unit);
  if (!factor) return std::nullopt;
  const auto product = static_cast<Wide>(digits) * *factor;
  const auto value = product / scale;
  if (value >> 63 != 0) return std::nullopt;
  // "1.5" without a unit is not a number of bytes; "0.1T" is rounded down to whole bytes.
  if (*factor == 1 && product % scale != 0) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

}  // namespace disktwin
