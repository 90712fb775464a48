// What filesystems say of themselves, as said of the physical volume.
#include "clone/fs/lvm/used_map.h"

#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

using namespace disktwin;
using namespace disktwin::test;
using fs::lvm::MappedReader;
using fs::lvm::Mapping;
using fs::lvm::Part;

namespace {

class Saying final : public fs::FileSystem {
 public:
  Saying(fs::UsedMap map, std::uint64_t size) : map_(std::move(map)) { info_.size = size; }
  const fs::VolumeInfo& info() const override { return info_; }
  fs::UsedMap used() const override { return map_; }
  ExtentSet signatures() const override { return {}; }
  ExtentSet pageFiles() const override { return map_.zeroes; }

 private:
  fs::UsedMap map_;
  fs::VolumeInfo info_;
};

// 2 MiB at 3 MiB, then two columns of 2 MiB at 10 and 20 MiB in stripes of 64 KiB.
Part partSaying(const fs::UsedMap& map, std::uint64_t size = 6 * MiB) {
  Part part;
  part.name = "group/root";
  part.here = {{3 * MiB, 2 * MiB}, {10 * MiB, 2 * MiB}, {20 * MiB, 2 * MiB}};
  part.reader = std::make_shared<MappedReader>(
      std::make_shared<SparseDisk>(30 * MiB),
      Mapping({{{0, 2 * MiB}, 2 * MiB, {3 * MiB}},
               {{2 * MiB, 4 * MiB}, 64 * KiB, {10 * MiB, 20 * MiB}}}),
      "test");
  part.fs = std::make_shared<Saying>(map, size);
  return part;
}

}  // namespace

TEST_CASE("what is in use and what is zero is found in its places") {
  const fs::UsedMap inner{ExtentSet{{MiB, 2 * MiB}}, {}, ExtentSet{{4 * MiB, 256 * KiB}}};
  const fs::UsedMap map = fs::lvm::usedMap({{0, MiB}}, {partSaying(inner)});
  CHECK(map.whyWhole == "");
  CHECK(map.extents ==
        ExtentSet{{0, MiB}, {4 * MiB, MiB}, {10 * MiB, MiB / 2}, {20 * MiB, MiB / 2}});
  CHECK(map.zeroes == ExtentSet{{11 * MiB, 128 * KiB}, {21 * MiB, 128 * KiB}});
  CHECK(fs::lvm::pageFilesOf({partSaying(inner)}) == map.zeroes);
}

TEST_CASE("what is copied, if only for a gap that is filled in, is not zeroed too") {
  // A gap of 4 KiB between two extents is to be zero.
  const fs::UsedMap inner{ExtentSet{{0, 4096}, {8192, 4096}}, {}, ExtentSet{{4096, 4096}}};
  const fs::UsedMap map = fs::lvm::usedMap({}, {partSaying(inner)});
  CHECK(map.extents == ExtentSet{{3 * MiB, 12288}});
  CHECK(map.zeroes.empty());
}

TEST_CASE("a logical volume of which all is copied is named with the reason") {
  fs::UsedMap inner = fs::UsedMap::whole(SparseDisk(6 * MiB), "its log is not empty");
  CHECK(fs::lvm::usedMap({}, {partSaying(inner)}).remarks ==
        std::vector<std::string>{
            "group/root: all that belongs to it is copied: its log is not empty."});
  inner = {ExtentSet{{0, MiB}}, {}, {}, {"more than usual is copied."}};
  CHECK(fs::lvm::usedMap({}, {partSaying(inner)}).remarks ==
        std::vector<std::string>{"group/root: more than usual is copied."});
}

TEST_CASE("a room behind a filesystem is copied") {
  const fs::UsedMap map = fs::lvm::usedMap({}, {partSaying({}, 5 * MiB)});
  CHECK(map.extents ==
        ExtentSet{{10 * MiB + 3 * MiB / 2, MiB / 2}, {20 * MiB + 3 * MiB / 2, MiB / 2}});
}

TEST_CASE("very many places that should be zero are copied instead") {
  std::vector<Extent> many;
  for (std::uint64_t at = 0; at < 6 * MiB; at += 16) many.push_back({at, 8});
  const fs::UsedMap inner{{}, {}, ExtentSet::from(many)};
  const fs::UsedMap map = fs::lvm::usedMap({}, {partSaying(inner)});
  CHECK(map.zeroes.size() <= 1U << 18);
  const Part part = partSaying({});
  std::size_t lost = 0;
  for (const Extent& extent : many) {
    part.reader->mapping().each(extent, [&](Extent here) {
      lost += !map.zeroes.contains(here) && !map.extents.contains(here);
    });
  }
  CHECK(lost == 0);
}
