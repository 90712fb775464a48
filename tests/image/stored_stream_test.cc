#include "image/read/stored_stream.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

using disktwin::Extent;
using disktwin::hashOf;
using disktwin::ReusedBuffer;
using disktwin::image::Bytes;
using disktwin::image::ByteView;
using disktwin::image::ImageBytes;
using disktwin::image::StoredStream;

namespace {

// 1.5 MiB that never repeat, in two volumes.
struct Volumes {
  disktwin::test::TempFolder folder;
  Bytes all = Bytes(1536U << 10);
  std::string first = folder.file("a");
  std::string second = folder.file("b");

  Volumes() {
    std::uint32_t number = 1;
    for (std::byte& byte : all) {
      byte = static_cast<std::byte>((number = number * 1664525 + 1013904223) >> 24);
    }
    constexpr std::size_t kBorder = 700001;
    write(first, ByteView(all).first(kBorder));
    write(second, ByteView(all).subspan(kBorder));
  }
  static void write(const std::string& path, ByteView bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
};

}  // namespace

TEST_CASE("a frame comes in pieces of any size, and its hash is that of the whole") {
  const Volumes made;
  const ImageBytes image("image", {made.first, made.second});
  const Extent frame{77, made.all.size() - 177};
  const ByteView expected = ByteView(made.all).subspan(77, made.all.size() - 177);
  ReusedBuffer room;
  for (const std::size_t piece : {1UL << 18, 131075UL, 65537UL, 4099UL}) {
    StoredStream stream(image, frame, room);
    std::size_t at = 0;
    while (at < expected.size()) {
      const ByteView next = stream.next(std::min(piece, expected.size() - at));
      REQUIRE_FALSE(next.empty());
      REQUIRE(std::equal(next.begin(), next.end(), expected.begin() + static_cast<long>(at)));
      at += next.size();
    }
    CHECK(stream.atEnd());
    CHECK(stream.next(1).empty());
    CHECK(stream.hash() == hashOf(expected));
  }
}

TEST_CASE("what nobody asked for is hashed all the same") {
  const Volumes made;
  const ImageBytes image("image", {made.first, made.second});
  const Extent frame{500, 1U << 20};
  ReusedBuffer room;
  StoredStream stream(image, frame, room);
  CHECK(stream.next(100).size() == 100);
  CHECK_FALSE(stream.atEnd());
  CHECK(stream.hash() == hashOf(ByteView(made.all).subspan(500, 1U << 20)));
}

TEST_CASE("nothing comes where too much is asked for") {
  const Volumes made;
  const ImageBytes image("image", {made.first, made.second});
  ReusedBuffer room;
  StoredStream stream(image, {0, 1000}, room);
  CHECK(stream.next(1001).empty());
  CHECK(stream.next(1000).size() == 1000);
  StoredStream large(image, {0, 1U << 20}, room);
  CHECK(large.next((1U << 18) + 1).empty());
  CHECK(large.next(1U << 18).size() == 1U << 18);
}
