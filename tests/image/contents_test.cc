// An image has to hold every block that the filesystems in it refer to; verify does not take the
// word of whoever made it.
#include <cstdlib>

#include "platform/error.h"
#include "tests/image/made_image.h"
#include "tests/support/catch.h"

namespace disktwin::image::test {
namespace {


// 8 MiB of ext2 with a file in it, by its own tools.
std::vector<std::byte> ext2Volume(const TempFolder& folder) {
  const std::string volume = folder.file("volume");
  writeBytes(folder.file("content"), std::vector<std::byte>(3 * MiB, std::byte{7}));
  const std::string make = "PATH=$PATH:/usr/sbin:/sbin; mke2fs -q -t ext2 -b 1024 " + volume +
                           " 8M >/dev/null 2>&1 && debugfs -w -R 'write " + folder.file("content") +
                           " file' " + volume + " >/dev/null 2>&1";
  REQUIRE(std::system(make.c_str()) == 0);
  return bytesOf(volume);
}

// Leaves `hole` out of everything that is captured, as a reader that missed it would.
Making without(Extent hole) {
  Making making;
  making.change = [hole](CapturePlan& plan) {
    for (plan::Region& region : plan.plan.regions) {
      region.extents = subtract(region.extents, {hole});
    }
    for (VolumeMap& map : plan.preface.maps) map.captured = subtract(map.captured, {hole});
  };
  return making;
}

}  // namespace

TEST_CASE("an image that lacks a block which its filesystem refers to does not verify") {
  const TempFolder folder;
  const std::vector<std::byte> volume = ext2Volume(folder);
  makeImage(volume, folder.file("whole"));
  CHECK_NOTHROW(verifyFile(folder.file("whole")));
  // A block of the file, whose content is in the middle of the volume.
  const auto content = std::search_n(volume.begin(), volume.end(), 4096, std::byte{7});
  REQUIRE(content != volume.end());
  const auto at = static_cast<std::uint64_t>(content - volume.begin());
  for (const Extent hole : {Extent{at, 1024}, Extent{at + MiB, 65536}}) {
    makeImage(volume, folder.file("lacks"), without(hole));
    CHECK_THROWS_WITH(verifyFile(folder.file("lacks")),
                      ContainsSubstring("refers to are not in the image"));
  }
}

TEST_CASE("an image in which a filesystem is no longer recognised does not verify") {
  const TempFolder folder;
  makeImage(ext2Volume(folder), folder.file("headless"), without({0, 2048}));
  CHECK_THROWS_WITH(verifyFile(folder.file("headless")), ContainsSubstring("is not recognised"));
}

}  // namespace disktwin::image::test
