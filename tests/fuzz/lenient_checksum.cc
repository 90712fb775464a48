#include "tests/fuzz/lenient_checksum.h"

#include <algorithm>

#include "clone/io/checksum.h"

namespace disktwin {
namespace {

bool believeAll = false;

}  // namespace

bool checksumAgrees(std::uint64_t stored, std::uint64_t computed) {
  return believeAll || stored == computed;
}

bool checksumAgrees(std::span<const std::byte> stored, std::span<const std::byte> computed) {
  return believeAll || std::ranges::equal(stored, computed);
}

namespace test {

void believeChecksums(bool all) {
  believeAll = all;
}

}  // namespace test
}  // namespace disktwin
