#include "clone/fs/ntfs/runlist.h"

#include "clone/fs/ntfs/damage.h"
#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"

using namespace disktwin::fs::ntfs;

namespace {

tiny::Bytes bytes(std::initializer_list<unsigned> values) {
  tiny::Bytes out;
  for (unsigned v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

}  // namespace

TEST_CASE("A run list is decoded with holes and steps back", "[ntfs]") {
  // 0x18 clusters at 0x5634; a hole of 4; 0x100 at 0x5634 - 0x34; 1 at 0x5600 + 0x7F
  const auto pairs = bytes({0x21, 0x18, 0x34, 0x56, 0x01, 0x04, 0x12, 0x00, 0x01, 0xCC,  //
                            0x11, 0x01, 0x7F, 0x00, 0xEE});
  const std::vector<Run> expected{
      {0, 0x5634, 0x18}, {0x18, Run::kHole, 4}, {0x1C, 0x5600, 0x100}, {0x11C, 0x567F, 1}};
  CHECK(decodeRuns(pairs, 0, 0x11D, 0x10000) == expected);
}

TEST_CASE("A later extent starts at its own VCN, and a list may end with the attribute", "[ntfs]") {
  const std::vector<Run> expected{{100, 7, 5}};
  CHECK(decodeRuns(bytes({0x11, 0x05, 0x07}), 100, 105, 12) == expected);
  CHECK(decodeRuns({}, 0, 0, 12).empty());
}

TEST_CASE("A run list that contradicts itself or the volume is refused", "[ntfs]") {
  const auto refused = [](const tiny::Bytes& pairs, std::uint64_t first, std::uint64_t end) {
    CHECK_THROWS_AS(decodeRuns(pairs, first, end, 1000), Damage);
  };
  refused(bytes({0x11, 0x05, 0x07, 0}), 0, 6);                 // maps less than announced
  refused(bytes({0x11, 0x05, 0x07, 0}), 0, 4);                 // maps more
  refused(bytes({0x11, 0x05, 0x07, 0}), 5, 4);                 // ends before it begins
  refused(bytes({0x10, 0x07, 0}), 0, 5);                       // no length
  refused(bytes({0x11, 0x00, 0x07, 0}), 0, 5);                 // length 0
  refused(bytes({0x11, 0xFF, 0x07, 0}), 0, 5);                 // length -1
  refused(bytes({0x19, 1, 0, 0, 0, 0, 0, 0, 0, 0, 7}), 0, 1);  // 9 bytes of length
  refused(bytes({0x91, 1, 7, 0, 0, 0, 0, 0, 0, 0, 0}), 0, 1);  // 9 bytes of distance
  refused(bytes({0x21, 0x05, 0x07}), 0, 5);                    // cut short
  refused(bytes({0x11}), 0, 5);
  refused(bytes({0x21, 0x05, 0xE4, 0x03, 0}), 0, 5);              // 996 + 5 > 1000
  refused(bytes({0x11, 0x05, 0xFF, 0}), 0, 5);                    // before the volume
  refused(bytes({0x11, 0x01, 0x05, 0x11, 0x01, 0xFA, 0}), 0, 2);  // the same by a step back
  // A position and a length that wrap around 64 bits when added.
  refused(bytes({0x81, 0x7F, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0}), 0, 0x7F);
  refused({}, 0, ~0ULL);
}

TEST_CASE("The last cluster of the volume is part of it", "[ntfs]") {
  CHECK(decodeRuns(bytes({0x21, 0x05, 0xE3, 0x03, 0}), 0, 5, 1000).front().lcn == 995);
}
