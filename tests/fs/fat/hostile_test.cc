// Volumes that mean harm: nothing may crash, hang, or point outside.
#include <chrono>
#include <random>

#include "tests/fs/fat/made_fat.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

void requireHarmless(const MadeFat& made) {
  if (const auto fs = made.open()) requireSane(*fs, *made.disk);
}

FatShape small(FatShape shape) {
  if (shape.bits == 32) shape.clusters = 4000;
  return shape;
}

}  // namespace

TEST_CASE("every byte of the boot sector may be anything") {
  const auto shape = small(GENERATE(fat12(), fat16(), fat32()));
  for (unsigned at = 0; at < 512; ++at) {
    for (const unsigned value : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
      MadeFat made(shape);
      made.putByte(at, static_cast<std::uint8_t>(value));
      INFO("byte " << at << " is " << value);
      requireHarmless(made);
    }
  }
}

TEST_CASE("every field of the boot sector may be zero or as large as it goes") {
  const auto shape = small(GENERATE(fat12(), fat16(), fat32()));
  struct Field {
    unsigned offset;
    unsigned size;
  };
  constexpr Field kFields[] = {{11, 2}, {13, 1}, {14, 2}, {16, 1}, {17, 2}, {19, 2}, {21, 1},
                               {22, 2}, {28, 4}, {32, 4}, {36, 4}, {40, 2}, {42, 2}, {44, 4},
                               {48, 2}, {50, 2}, {65, 1}, {66, 1}, {67, 4}};
  for (const Field& a : kFields) {
    for (const Field& b : kFields) {
      for (const unsigned values : {0U, 1U, 2U, 3U}) {
        MadeFat made(shape);
        for (unsigned i = 0; i < a.size; ++i) made.putByte(a.offset + i, values & 1 ? 0xFF : 0);
        for (unsigned i = 0; i < b.size; ++i) made.putByte(b.offset + i, values & 2 ? 0xFF : 0);
        requireHarmless(made);
      }
    }
  }
}

TEST_CASE("a volume may end anywhere") {
  const auto shape = small(GENERATE(fat12(), fat16(), fat32()));
  const std::uint64_t full = MadeFat(shape).disk->size();
  for (std::uint64_t size = 0; size <= full; size += size < 40000 ? 173 : 48611) {
    MadeFat made(shape);
    made.disk->cutTo(size);
    requireHarmless(made);
  }
}

TEST_CASE("random bytes behind a plausible boot sector do no harm") {
  const auto shape = small(GENERATE(fat12(), fat16(), fat32()));
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    MadeFat made(shape);
    for (std::uint64_t at = 512; at < 60000; at += 4)
      made.disk->put(at, le32(static_cast<std::uint32_t>(random())));
    for (unsigned t = 0; t < 2 && round % 2 == 0; ++t) made.setEntry(t, 0, 0x0FFFFFF8);
    requireHarmless(made);
  }
}

TEST_CASE("a root directory in a circle ends the search for the label") {
  MadeFat made(small(fat32()));
  made.setEntry(2, 3);
  made.setEntry(3, 2);
  for (unsigned i = 0; i < 32; ++i) made.putName(made.rootAt() + i * 32, "FILE    TXT", 0x20);
  CHECK(made.open()->info().label == "IN BOOT");
}

TEST_CASE("a sparse FAT32 of 2 TiB is planned without reading its tables through") {
  auto shape = fat32();
  shape.clusterSectors = 16;
  shape.clusters = 0x0FF00000;
  MadeFat made(shape);
  REQUIRE(made.disk->size() > 2 * TiB - 16 * GiB);
  made.setEntry(0x0FF00001, 0x0FFFFFFF);
  const auto start = std::chrono::steady_clock::now();
  const fs::UsedMap map = made.open()->used();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(map.whyWhole.empty());
  CHECK(map.extents.contains(made.cluster(0x0FF00001)));
  CHECK(map.extents.bytes() < made.clusterAt(2) + MiB);
  CHECK(made.disk->bytesRead() < 64 * MiB);
}
