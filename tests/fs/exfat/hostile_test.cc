// Volumes that mean harm: nothing may crash, hang, or point outside.
#include <chrono>
#include <random>

#include "tests/fs/exfat/made_exfat.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

void requireHarmless(const MadeExfat& made) {
  if (const auto fs = made.open()) requireSane(*fs, *made.disk);
}

class Clock {
 public:
  bool isWithin(std::chrono::seconds limit) const {
    return std::chrono::steady_clock::now() - start_ < limit;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TEST_CASE("every byte of the boot sector may be anything, with the right checksum") {
  for (unsigned at = 0; at < 128; ++at) {
    for (const unsigned value : {0x00U, 0x01U, 0x7FU, 0x80U, 0xFFU}) {
      MadeExfat made;
      made.setFlags(2);
      made.putByte(at, static_cast<std::uint8_t>(value));
      requireHarmless(made);
      made.finishBoot();
      INFO("byte " << at << " is " << value);
      requireHarmless(made);
    }
  }
}

TEST_CASE("every field of the boot sector may be zero or as large as it goes") {
  constexpr std::pair<unsigned, unsigned> kFields[] = {{64, 8},  {72, 8},  {80, 4},  {84, 4},
                                                       {88, 4},  {92, 4},  {96, 4},  {104, 2},
                                                       {106, 2}, {108, 1}, {109, 1}, {110, 1}};
  for (const auto& a : kFields) {
    for (const auto& b : kFields) {
      for (const unsigned values : {0U, 1U, 2U, 3U}) {
        MadeExfat made;
        for (unsigned i = 0; i < a.second; ++i) made.putByte(a.first + i, values & 1 ? 0xFF : 0);
        for (unsigned i = 0; i < b.second; ++i) made.putByte(b.first + i, values & 2 ? 0xFF : 0);
        made.finishBoot();
        requireHarmless(made);
      }
    }
  }
}

TEST_CASE("every byte of the root directory's first entries may be anything") {
  for (unsigned at = 0; at < 128; ++at) {
    for (unsigned value = 0; value < 256; value += 5) {
      MadeExfat made;
      made.setFlags(2);
      made.putFile(made.rootAt(64), 300, 5 * made.clusterBytes, 1, true);
      made.putByte(made.rootAt(at), static_cast<std::uint8_t>(value));
      requireHarmless(made);
    }
  }
}

TEST_CASE("a volume may end anywhere") {
  const std::uint64_t full = MadeExfat().disk->size();
  for (std::uint64_t size = 0; size <= full; size += size < 200000 ? 509 : 1048573) {
    MadeExfat made;
    made.disk->cutTo(size);
    requireHarmless(made);
    made.disk->put(72, le64(size / 512));
    if (size > 24 * 512) made.finishBoot();
    requireHarmless(made);
  }
}

TEST_CASE("random tables and directories do no harm") {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    MadeExfat made({.clusterShift = 0, .clusters = 10000});
    made.setFlags(2);
    for (std::uint32_t c = made.root + 1; c < 10002; c += 3) {
      made.setLink(c, static_cast<std::uint32_t>(random() % 10010));
    }
    for (unsigned at = 64; at < 512; at += 64) {
      made.putFile(made.rootAt(at), static_cast<std::uint32_t>(random() % 10010),
                   random() % 9999999, static_cast<std::uint8_t>(random() % 4), random() % 2 == 0);
    }
    for (std::uint32_t c = 20; c < 80; ++c) {
      made.putFile(made.clusterAt(random() % 9000 + 10),
                   static_cast<std::uint32_t>(random() % 10010), random() % 9999999,
                   static_cast<std::uint8_t>(random() % 4), random() % 2 == 0);
    }
    requireHarmless(made);
  }
}

TEST_CASE("a sparse exFAT of 16 TiB is planned without reading everything") {
  // 4 KiB clusters: the table alone has 16 GiB, the bitmap 512 MiB.
  MadeExfat made({.clusterShift = 3, .clusters = 0xFFFF0000});
  REQUIRE(made.disk->size() > 15 * TiB);
  made.setFlags(GENERATE(std::uint8_t{0}, std::uint8_t{2}));
  made.putFile(made.rootAt(64), 0xF0000000, std::uint64_t{1} << 40, 3);
  made.take(0xFFFF0001);
  const Clock clock;
  const fs::UsedMap map = made.open()->used();
  CHECK(clock.isWithin(std::chrono::seconds(10)));
  CHECK(map.whyWhole.empty());
  CHECK(map.extents.contains(made.cluster(0xFFFF0001)));
  CHECK(made.disk->bytesRead() < 64 * MiB);
}

TEST_CASE("an exFAT of 16 TiB in clusters of 32 MiB is planned at once") {
  MadeExfat made({.clusterShift = 16, .clusters = 524287});
  made.take(524288);
  const Clock clock;
  const fs::UsedMap map = made.open()->used();
  CHECK(clock.isWithin(std::chrono::seconds(3)));
  CHECK(map.whyWhole.empty());
  CHECK(map.extents.contains(made.cluster(524288)));
  CHECK(map.extents.bytes() < 5 * 32 * MiB);
}

TEST_CASE("chains that jump about on a large dirty volume are given up in time") {
  MadeExfat made({.clusterShift = 3, .clusters = 2'000'000});
  made.setFlags(2);
  for (std::uint32_t i = 0; i < 5000; ++i) {  // to and fro between two ends of the table
    made.setLink(1000 + i, 1'500'000 + i);
    made.setLink(1'500'000 + i, 1001 + i);
  }
  made.setLink(1'504'999, MadeExfat::kEnd);
  std::uint64_t at = 64;
  for (std::uint32_t cluster = made.root; cluster < made.root + 200; ++cluster) {
    made.setLink(cluster, cluster + 1);
    for (; at < made.clusterBytes; at += 64) {
      made.putFile(made.clusterAt(cluster) + at, 1000, ~std::uint64_t{0}, 1);
    }
    at = 0;
  }
  made.setLink(made.root + 200, MadeExfat::kEnd);
  const Clock clock;
  CHECK_THAT(made.open()->used().whyWhole, ContainsSubstring("overlap"));
  CHECK(clock.isWithin(std::chrono::seconds(30)));
}

TEST_CASE("a chain in a circle on a large dirty volume is noticed at once") {
  MadeExfat made({.clusterShift = 3, .clusters = 20'000'000});
  made.setFlags(2);
  made.setLink(1000, 1'500'000);
  made.setLink(1'500'000, 1001);
  made.setLink(1001, 1000);
  made.putFile(made.rootAt(64), 1000, ~std::uint64_t{0}, 1);
  const auto fs = made.open();
  const std::uint64_t before = made.disk->bytesRead();
  CHECK_THAT(fs->used().whyWhole, ContainsSubstring("circle"));
  CHECK(made.disk->bytesRead() - before < 16 * MiB);
}
