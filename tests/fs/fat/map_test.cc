#include <set>

#include "tests/fs/fat/made_fat.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

// Clusters of 64 KiB: no gap between two is filled in, so that a map shows what was meant.
FatShape coarse(FatShape shape) {
  shape.clusterSectors = 128;
  return shape;
}

fs::UsedMap mapOf(const MadeFat& made) {
  const auto fs = made.open();
  REQUIRE(fs);
  return fs->used();
}

// That the map holds those clusters, everything before the first cluster, and nothing else.
void requireExactly(const MadeFat& made, const std::set<std::uint32_t>& clusters) {
  ExtentSet expected{{0, made.clusterAt(2)}};
  for (const std::uint32_t cluster : clusters) expected.add(made.cluster(cluster));
  const fs::UsedMap map = mapOf(made);
  REQUIRE(map.whyWhole.empty());
  REQUIRE(map.extents == expected);
}

}  // namespace

TEST_CASE("an empty volume needs its tables and root directory alone") {
  requireExactly(MadeFat(coarse(fat12())), {});
  requireExactly(MadeFat(coarse(fat16())), {});
  requireExactly(MadeFat(coarse(fat32())), {2});
}

TEST_CASE("each cluster with an entry is in the map, up to the last one") {
  const auto shape = coarse(GENERATE(fat12(), fat16(), fat32()));
  MadeFat made(shape);
  std::set<std::uint32_t> clusters = {
      2, 3, 4, 9, 10, 341, 342, 700, 1999, shape.clusters, shape.clusters + 1};
  for (const std::uint32_t cluster : clusters) made.setEntry(cluster, 0x0FFFFFFF);
  requireExactly(made, clusters);
  const std::uint64_t free = shape.clusters - clusters.size();
  CHECK(made.open()->info().used == made.disk->size() - free * 64 * KiB);
}

TEST_CASE("any entry that is not zero counts, be it a chain, an end, a bad mark or nonsense") {
  const auto shape = coarse(GENERATE(fat12(), fat16(), fat32()));
  MadeFat made(shape);
  made.setEntry(2, 0x0FFFFFFF);
  made.setEntry(100, 1);
  made.setEntry(102, 102);         // a loop
  made.setEntry(104, 0x0FFFFFF7);  // bad
  made.setEntry(106, 0x0FFFFFF0);  // far beyond the end
  requireExactly(made, {2, 100, 102, 104, 106});
}

TEST_CASE("the four highest bits of a FAT32 entry do not count") {
  MadeFat made(coarse(fat32()));
  made.setEntry(500, 0xF0000000);
  requireExactly(made, {2});
}

TEST_CASE("what any copy of the table calls used is copied") {
  const auto shape = coarse(GENERATE(fat12(), fat16(), fat32()));
  MadeFat made(shape);
  made.setEntry(2, 0x0FFFFFFF);
  made.setEntry(0, 300, 0x0FFFFFFF);
  made.setEntry(1, 301, 0x0FFFFFFF);
  made.setEntry(1, 900, 5);
  requireExactly(made, {2, 300, 301, 900});
  CHECK_THAT(made.open()->info().notes.back(), ContainsSubstring("copies"));
}

TEST_CASE("tables that differ in their flags alone are not said to differ") {
  MadeFat made(fat16());
  made.setEntry(1, 1, 0x7FFF);
  CHECK(made.open()->info().notes.size() == 1);
}

TEST_CASE("one table, or more than two, are fine") {
  auto shape = coarse(fat16());
  shape.tables = GENERATE(std::uint8_t{1}, std::uint8_t{4}, std::uint8_t{255});
  MadeFat made(shape);
  made.setEntry(shape.tables - 1U, 77, 0xFFFF);
  requireExactly(made, {77});
}

TEST_CASE("entries behind the last cluster mean nothing") {
  const auto shape = coarse(GENERATE(fat12(), fat16(), fat32()));
  MadeFat made(shape);
  made.setEntry(2, 0x0FFFFFFF);
  made.setEntry(shape.clusters + 2, 0x0FFFFFFF);
  requireExactly(made, {2});
}

TEST_CASE("bad clusters are spoken of") {
  MadeFat made(fat32());
  made.setEntry(900, 0x0FFFFFF7);
  made.setEntry(901, 0x0FFFFFF7);
  CHECK_THAT(made.open()->info().notes.back(), ContainsSubstring("2 clusters are marked as bad"));
}

TEST_CASE("boot sector, FSInfo and their backups are the signatures") {
  const MadeFat made(fat32());
  const ExtentSet expected{{0, 1024}, {6 * 512, 3 * 512}};
  CHECK(made.open()->signatures() == expected);
  CHECK(MadeFat(fat16()).open()->signatures() == ExtentSet{{0, 512}});
}

TEST_CASE("a backup of the boot sector among the files is copied as well") {
  MadeFat made(coarse(fat32()));
  made.disk->put(50, le16(60000));
  CHECK(mapOf(made).extents.contains({60000 * 512, 3 * 512}));
}

TEST_CASE("volumes that were not shut down are dirty") {
  MadeFat made(GENERATE(fat16(), fat32()));
  REQUIRE(made.open()->info().state == fs::VolumeState::Clean);
  SECTION("by the boot sector") {
    made.putByte(made.tail() + 1, 1);
  }
  SECTION("by the boot sector, errors") {
    made.putByte(made.tail() + 1, 2);
  }
  SECTION("by the table") {
    made.setEntry(1, 0x07FF7FFF);
  }
  SECTION("by the table, errors") {
    made.setEntry(1, 0x0BFFBFFF);
  }
  CHECK(made.open()->info().state == fs::VolumeState::Dirty);
  CHECK(mapOf(made).whyWhole.empty());
}

TEST_CASE("an old floppy without room for a dirty bit has no state") {
  MadeFat made(fat12());
  made.putByte(38, 0);
  made.putByte(37, 1);  // boot code
  CHECK(made.open()->info().state == fs::VolumeState::Unknown);
  CHECK(made.open()->info().label.empty());
}

TEST_CASE("with one table kept up to date, that one has the flags") {
  MadeFat made(fat32());
  made.disk->put(40, le16(0x81));
  made.setEntry(0, 1, 0x07FFFFFF);
  CHECK(made.open()->info().state == fs::VolumeState::Clean);
  made.setEntry(1, 1, 0x07FFFFFF);
  CHECK(made.open()->info().state == fs::VolumeState::Dirty);
}

TEST_CASE("large volumes show the count of FSInfo, if it makes sense") {
  auto shape = fat32();
  shape.clusters = 3'000'000;
  MadeFat made(shape);
  const std::uint64_t counted = made.open()->info().used;
  made.disk->put(512, le32(0x41615252));
  made.disk->put(512 + 484, le32(0x61417272));
  made.disk->put(512 + 488, le32(2'000'000));
  CHECK(made.open()->info().used == counted + std::uint64_t{999'999} * 512);
  made.disk->put(512 + 488, le32(0xFFFFFFFF));
  CHECK(made.open()->info().used == counted);
}
