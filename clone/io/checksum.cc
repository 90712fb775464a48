#include "clone/io/checksum.h"

#include <algorithm>

namespace disktwin {

bool checksumAgrees(std::uint64_t stored, std::uint64_t computed) {
  return stored == computed;
}

bool checksumAgrees(std::span<const std::byte> stored, std::span<const std::byte> computed) {
  return std::ranges::equal(stored, computed);
}

}  // namespace disktwin
