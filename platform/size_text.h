// Sizes as people write and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace disktwin {

// "512 bytes", "1.5 GiB", "931.5 GiB": binary units, at most four digits.
std::string formatSize(std::uint64_t bytes);
// "1.5 GiB (1,610,612,736 bytes)"
std::string formatSizeExactly(std::uint64_t bytes);
// "1,610,612,736"
std::string formatCount(std::uint64_t count);

// "64G", "64GiB" (binary), "500GB" (decimal), "1.5T", "4096" (bytes); either case, a blank before
// the unit allowed. nullopt when it is none of these, negative, not a whole number of bytes, or too
// large.
std::optional<std::uint64_t> parseSize(std::string_view text);

}  // namespace disktwin
