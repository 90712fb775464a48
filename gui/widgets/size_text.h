// Sizes, rates and times as people read and write them. Numbers and units only, which are the same
// in all languages but for the decimal sign.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace disktwin::gui {

// "." unless set otherwise; to be set once, before there are windows or threads.
void setDecimalSign(char sign);

// "512.1 GB (476.9 GiB)": as vendors count and as systems do.
std::string sizeText(std::uint64_t bytes);
// "512.1 GB"
std::string decimalSizeText(std::uint64_t bytes);
// "476.9 GiB"
std::string shortSizeText(std::uint64_t bytes);
// "1.2 GB/s"
std::string rateText(double bytesPerSecond);
// "2:05", "1:02:05"
std::string clockText(std::uint64_t seconds);

// "40G", "512 MiB", "40 GB", "1,5 TiB", " 4096 ": as platform/size_text.h has them, with blanks
// around them and with either decimal sign. nullopt when it is none of these.
std::optional<std::uint64_t> sizeFrom(std::string_view text);

}  // namespace disktwin::gui
