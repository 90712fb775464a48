#include "image/format/zero_sum.h"

#include <xxhash.h>

#include <memory>
#include <vector>

#include "image/format/head.h"
#include "tests/support/catch.h"

using disktwin::image::kChunkBytes;
using disktwin::image::kLongestZeroRun;
using disktwin::image::zeroSum;

TEST_CASE("the sum of a few zeroes is the library's") {
  const std::vector<std::byte> zeroes(3 * kChunkBytes);
  const auto expected = [&](std::size_t length) {
    return static_cast<std::uint32_t>(XXH64(zeroes.data(), length, 0));
  };
  for (std::size_t length = 0; length < 200; ++length) CHECK(zeroSum(length) == expected(length));
  for (const std::size_t length :
       {kChunkBytes - 1, kChunkBytes, kChunkBytes + 1, kChunkBytes + 33, 2 * kChunkBytes + 4096,
        3 * kChunkBytes - 512, 3 * kChunkBytes}) {
    CHECK(zeroSum(length) == expected(length));
  }
}

TEST_CASE("the sum of each run of zeroes up to the longest is the library's") {
  const std::unique_ptr<XXH64_state_t, decltype(&XXH64_freeState)> state(XXH64_createState(),
                                                                         &XXH64_freeState);
  XXH64_reset(state.get(), 0);
  const std::vector<std::byte> zeroes(kChunkBytes);
  std::size_t wrong = 0;
  // From the back as well as from the front: what is kept must not depend on the order.
  zeroSum(kLongestZeroRun);
  zeroSum(kLongestZeroRun - 7 * kChunkBytes);
  for (std::uint64_t length = kChunkBytes; length <= kLongestZeroRun + 2 * kChunkBytes;
       length += kChunkBytes) {
    XXH64_update(state.get(), zeroes.data(), zeroes.size());
    if (zeroSum(length) != static_cast<std::uint32_t>(XXH64_digest(state.get()))) ++wrong;
  }
  CHECK(wrong == 0);
}
