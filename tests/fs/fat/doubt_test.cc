// Where the map must not be called complete.
#include "tests/fs/fat/made_fat.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

void requireWhole(const MadeFat& made, const std::string& reason) {
  const auto fs = made.open();
  REQUIRE(fs);
  const fs::UsedMap map = fs->used();
  CHECK_THAT(map.whyWhole, ContainsSubstring(reason));
  CHECK(map.extents == ExtentSet{{0, made.disk->size()}});
}

}  // namespace

TEST_CASE("a file system larger than its volume is copied whole") {
  MadeFat made(GENERATE(fat12(), fat16(), fat32()));
  made.disk->cutTo(made.disk->size() - 512);
  requireWhole(made, "the volume has");
}

TEST_CASE("a table too short for the clusters is not trusted") {
  MadeFat made(fat32());
  made.disk->put(36, le32(500));
  requireWhole(made, "clusters need");
}

TEST_CASE("an active table that does not exist is not trusted") {
  MadeFat made(fat32());
  made.disk->put(40, le16(0x82));
  requireWhole(made, "calls file allocation table 3 the active one");
}

TEST_CASE("an unknown version of FAT32 is not trusted") {
  MadeFat made(fat32());
  made.putByte(42, 1);
  requireWhole(made, "version 0.1");
}

TEST_CASE("a root directory out of range is not trusted") {
  MadeFat made(fat32());
  made.disk->put(44, le32(GENERATE(0U, 1U, 70002U, 0xFFFFFFFFU)));
  requireWhole(made, "root directory begins at cluster");
}

TEST_CASE("a root directory in a free cluster is not trusted") {
  MadeFat made(fat32());
  made.setEntry(2, 0);
  requireWhole(made, "marked as free");
}

TEST_CASE("a FAT32 boot sector with a FAT16 root directory is not trusted") {
  MadeFat made(fat32());
  made.disk->put(17, le16(16));
  requireWhole(made, "FAT16 root directory");
}

TEST_CASE("a root directory that does not fill its sectors is not trusted") {
  MadeFat made(fat16());
  made.disk->put(17, le16(GENERATE(std::uint16_t{511}, std::uint16_t{0})));
  requireWhole(made, "whole sectors");
}

TEST_CASE("a table without its first entry is not trusted, for its zeroes prove nothing") {
  MadeFat made(GENERATE(fat12(), fat16(), fat32()));
  made.setEntry(0, GENERATE(0U, 0x0FFFFFF1U, 0x0FFF00F8U, 0x00000000U));
  requireWhole(made, "instead of a media type");
}

TEST_CASE("where drivers do not agree on FAT12 or FAT16, everything is copied") {
  auto shape = fat16();
  shape.clusters = GENERATE(4085U, 4086U);
  requireWhole(MadeFat(shape), "some systems take it for FAT12");
}

TEST_CASE("beside that line the width of the entries is certain") {
  auto narrow = fat12();
  narrow.clusters = 4084;
  CHECK(MadeFat(narrow).open()->used().whyWhole.empty());
  auto wide = fat16();
  wide.clusters = 4087;
  CHECK(MadeFat(wide).open()->used().whyWhole.empty());
}
