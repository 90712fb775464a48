#include <cstring>
#include <string_view>

#include "clone/fs/ext/bitmap.h"
#include "clone/fs/ext/checksum.h"
#include "clone/io/crc32c.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ext;

namespace {

std::span<const std::byte> bytesOf(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

TEST_CASE("crc32c gives the check values of its specification") {
  CHECK(~crc32c(~0U, bytesOf("123456789")) == 0xE3069283U);
  const std::array<std::byte, 32> zeroes{};  // RFC 3720, B.4
  CHECK(~crc32c(~0U, zeroes) == 0x8A9136AAU);
  // Any split of the bytes gives the same.
  const std::string_view text = "a text that is longer than two steps of the loop";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    CHECK(crc32c(crc32c(7, bytesOf(text.substr(0, i))), bytesOf(text.substr(i))) ==
          crc32c(7, bytesOf(text)));
  }
}

TEST_CASE("ext: crc16 gives the check value of CRC-16/ARC") {
  CHECK(crc16(0, bytesOf("123456789")) == 0xBB3D);
}

TEST_CASE("ext: runs of set bits are found wherever they begin and end") {
  for (std::uint32_t first = 0; first < 200; first += 7) {
    for (std::uint32_t count = 1; first + count <= 200; count += 13) {
      std::array<std::byte, 25> bitmap{};
      for (std::uint32_t i = first; i < first + count; ++i) {
        bitmap[i / 8] |= std::byte{1} << (i % 8);
      }
      int runs = 0;
      const auto clear = forEachRun(bitmap, 200, [&](std::uint32_t from, std::uint32_t length) {
        CHECK(from == first);
        CHECK(length == count);
        ++runs;
      });
      CHECK(runs == 1);
      CHECK(clear == 200 - count);
    }
  }
}
