// One flipped bit, anywhere: found, and never taken for something else.
#include <set>

#include "image/read/chain.h"
#include "platform/error.h"
#include "tests/image/made_image.h"
#include "tests/support/catch.h"
#include "tests/support/effort.h"

namespace disktwin::image::test {
namespace {

// Every byte, one bit of it after the other.
void flipAll(const std::string& passphrase, const std::string& parent) {
  const TempFolder folder;
  std::vector<std::byte> disk = sampleDisk();
  std::string base;
  if (!parent.empty()) {
    base = folder.file(parent);
    makeImage(disk, base, {passphrase, {}, 2U << 20, 0, false});
    disk[MiB + 100] ^= std::byte{1};
    std::fill_n(disk.begin() + 4 * static_cast<std::ptrdiff_t>(MiB), 200, std::byte{0});
  }
  const std::string good = folder.file("good");
  makeImage(disk, good, {passphrase, base, 2U << 20, 0, false});
  const std::vector<std::byte> bytes = bytesOf(good);
  verifyFile(good, passphrase);
  verifyStream(good, passphrase);
  const std::string bad = folder.file("bad");
  std::set<ErrorKind> kinds;
  for (std::size_t i = 0; i < bytes.size(); i += disktwin::test::kStride) {
    std::vector<std::byte> flipped = bytes;
    flipped[i] ^= static_cast<std::byte>(1U << (i % 8));
    writeBytes(bad, flipped);
    INFO("byte " << i << " of " << bytes.size());
    CHECK(fileType(bad) == FileType::Image);
    for (const auto& verify : {&verifyFile, &verifyStream}) {
      try {
        verify(bad, passphrase);
        FAIL("not found");
      } catch (const Error& error) {
        // A salt or sealed key that was hit is found by its frame's hash before it is used.
        CHECK(error.kind() == ErrorKind::Invalid);
      }
    }
  }
}

}  // namespace

TEST_CASE("a flipped bit in a full image is found wherever it is") {
  flipAll({}, {});
}
TEST_CASE("a flipped bit in an incremental image is found wherever it is") {
  flipAll({}, "parent");
}
TEST_CASE("a flipped bit in an encrypted image is found wherever it is") {
  flipAll("secret", {});
}

TEST_CASE("an image that is cut anywhere is found") {
  const TempFolder folder;
  makeImage(sampleDisk(), folder.file("good"));
  const std::vector<std::byte> bytes = bytesOf(folder.file("good"));
  for (std::size_t size = 0; size < bytes.size(); size += 7 * disktwin::test::kStride) {
    writeBytes(folder.file("bad"),
               {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
    INFO("cut to " << size);
    CHECK_THROWS_AS(verifyFile(folder.file("bad")), Error);
    CHECK_THROWS_AS(verifyStream(folder.file("bad")), Error);
  }
}

}  // namespace disktwin::image::test
