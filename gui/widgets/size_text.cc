#include "gui/widgets/size_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "platform/size_text.h"

namespace disktwin::gui {
namespace {

char decimalSign = '.';

std::string withSign(std::string digits) {
  std::replace(digits.begin(), digits.end(), '.', decimalSign);
  return digits;
}

// In decimal units, at most four digits.
std::string decimal(double value) {
  const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < std::size(units)) {
    value /= 1000;
    ++unit;
  }
  std::string digits = fmt::format("{:.{}f}", value, unit == 0 ? 0 : 1);
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return withSign(digits) + ' ' + units[unit];
}

}  // namespace

void setDecimalSign(char sign) {
  decimalSign = sign;
}

std::string sizeText(std::uint64_t bytes) {
  if (bytes < 1000) return decimalSizeText(bytes);
  return decimalSizeText(bytes) + " (" + shortSizeText(bytes) + ')';
}

std::string decimalSizeText(std::uint64_t bytes) {
  return decimal(static_cast<double>(bytes));
}

std::string shortSizeText(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  return withSign(formatSize(bytes));
}

std::string rateText(double bytesPerSecond) {
  if (!std::isfinite(bytesPerSecond) || bytesPerSecond < 0) bytesPerSecond = 0;
  return decimal(bytesPerSecond) + "/s";
}

std::string clockText(std::uint64_t seconds) {
  const std::uint64_t minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

std::optional<std::uint64_t> sizeFrom(std::string_view text) {
  const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  std::string plain(text);
  // What is pasted may part number and unit with a no-break space (also the narrow one).
  for (const char* blank : {"\u00A0", "\u202F"}) {
    const std::string wanted(blank);
    for (std::size_t at = 0; (at = plain.find(wanted, at)) != std::string::npos;) {
      plain.replace(at, wanted.size(), " ");
    }
  }
  // "1,000,000" is left as it is: nobody can tell what was meant.
  if (std::count(plain.begin(), plain.end(), ',') == 1 && plain.find('.') == std::string::npos) {
    std::replace(plain.begin(), plain.end(), ',', '.');
  }
  return parseSize(plain);
}

}  // namespace disktwin::gui
