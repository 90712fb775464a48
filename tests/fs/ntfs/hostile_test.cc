// Whatever the bytes are: no crash, nothing outside of the volume, an end in good time.
#include <chrono>
#include <random>

#include "platform/error.h"
#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using tiny::Bytes;
using tiny::TinyVolume;

namespace {

// Asks everything there is to ask. A map that is not complete has to be the whole volume.
void exercise(const TinyVolume& volume) {
  const auto fs = volume.open();
  if (!fs) return;
  const Extent whole{0, volume.disk->size()};
  const fs::UsedMap used = fs->used();
  for (const Extent& extent : used.extents) REQUIRE(whole.contains(extent));
  for (const Extent& extent : fs->signatures()) {
    REQUIRE(whole.contains(extent));
    REQUIRE(used.extents.contains(extent));
  }
  if (!used.whyWhole.empty()) REQUIRE(used.extents == ExtentSet{whole});
  for (const Extent& extent : fs->pageFiles()) REQUIRE(whole.contains(extent));
  REQUIRE(fs->info().size <= whole.length);
  REQUIRE(fs->info().used <= whole.length);
}

// Reports nothing per byte: an assertion for each would take longer than the test.
void setEachByte(TinyVolume& volume, std::uint64_t cluster, std::size_t from, std::size_t to) {
  for (std::size_t offset = from; offset < to; ++offset) {
    const std::byte before = volume.at(cluster, offset);
    for (const unsigned value : {0x00U, 0xFFU, 0x7FU, 0x80U, 0x01U}) {
      volume.at(cluster, offset) = static_cast<std::byte>(value);
      exercise(volume);
    }
    volume.at(cluster, offset) = before;
  }
}

// Volumes that lead the reader through all of its parts.
std::vector<TinyVolume> specimens() {
  std::vector<TinyVolume> out(3);
  out[1].putLog({}, {});
  out[1].putHiberfile("wake");
  out[1].putFlags(kVolumeDirty);
  out[2].putPageFile();
  return out;
}

}  // namespace

TEST_CASE("Any field of the boot sector may hold anything", "[ntfs]") {
  TinyVolume volume;
  setEachByte(volume, 0, 0, 96);
  struct Field {
    std::size_t offset, width;
  };
  for (const Field& field : {Field{11, 2}, {13, 1}, {40, 8}, {48, 8}, {56, 8}, {64, 1}, {68, 1}}) {
    const Bytes before = readBytes(*volume.disk, field.offset, field.width);
    for (const std::byte value : {std::byte{0}, std::byte{0xFF}, std::byte{0x7F}}) {
      volume.disk->put(field.offset, Bytes(field.width, value));
      exercise(volume);
    }
    volume.disk->put(field.offset, before);
  }
}

TEST_CASE("Cluster and record sizes out of range are refused by name", "[ntfs]") {
  const auto why = [](std::size_t offset, unsigned value) {
    TinyVolume volume;
    volume.at(0, offset) = static_cast<std::byte>(value);
    return volume.whyWhole();
  };
  CHECK_THAT(why(12, 0x03), ContainsSubstring("sector size"));  // 768
  CHECK_THAT(why(12, 0x20), ContainsSubstring("sector size"));  // 8192
  CHECK_THAT(why(13, 0), ContainsSubstring("cluster size"));
  CHECK_THAT(why(13, 3), ContainsSubstring("cluster size"));
  CHECK_THAT(why(13, 0x81), ContainsSubstring("cluster size"));  // 2^127 sectors
  CHECK_THAT(why(13, 0xF3), ContainsSubstring("cluster size"));  // 4 MiB
  CHECK_THAT(why(64, 0), ContainsSubstring("MFT record"));
  CHECK_THAT(why(64, 0xF8), ContainsSubstring("MFT record"));  // 256 bytes
  CHECK_THAT(why(64, 0x80), ContainsSubstring("MFT record"));  // 2^128
  CHECK_THAT(why(64, 0x7F), ContainsSubstring("MFT record"));
}

TEST_CASE("Any byte of a system record may hold anything", "[ntfs]") {
  for (TinyVolume& volume : specimens()) {
    for (const std::uint64_t number : {0U, 2U, 3U, 5U, 6U, 8U, 24U, 40U}) {
      setEachByte(volume, TinyVolume::kMft + number, 0, 400);
      setEachByte(volume, TinyVolume::kMft + number, 508, 514);
      setEachByte(volume, TinyVolume::kMft + number, 1020, 1024);
    }
    for (const std::uint64_t page : {0U, 4U}) setEachByte(volume, TinyVolume::kLog + page, 0, 80);
  }
}

TEST_CASE("A volume may end anywhere", "[ntfs]") {
  for (const TinyVolume& original : specimens()) {
    for (std::size_t size = 0; size < MiB + 512; size += size < 4096 ? 131 : 8191) {
      TinyVolume volume = original;
      volume.disk = std::make_shared<disktwin::test::MemoryDisk>(*original.disk);
      volume.disk->bytes().resize(size);
      exercise(volume);
      if (size >= 512) REQUIRE_FALSE(volume.whyWhole().empty());
    }
  }
}

TEST_CASE("Random bytes anywhere do no harm", "[ntfs]") {
  std::mt19937 random(20240501);  // NOLINT: the same sequence each time
  const std::vector<TinyVolume> originals = specimens();
  for (int round = 0; round < 1500; ++round) {
    TinyVolume volume = originals[static_cast<std::size_t>(round) % 3];
    volume.disk = std::make_shared<disktwin::test::MemoryDisk>(*volume.disk);
    const auto changes = 1 + random() % 20;
    for (std::size_t i = 0; i < changes; ++i) {
      // Mostly where the metadata are.
      const std::uint64_t cluster = random() % 8 == 0 ? 0 : TinyVolume::kMft + random() % 26;
      const std::size_t offset = cluster == 0 ? 11 + random() % 70 : random() % 320;
      volume.at(cluster, offset) = static_cast<std::byte>(random());
    }
    exercise(volume);
  }
}

TEST_CASE("A volume of random bytes behind the boot sector does no harm", "[ntfs]") {
  std::mt19937 random(7);  // NOLINT
  for (int round = 0; round < 20; ++round) {
    TinyVolume volume;
    for (std::size_t i = 512; i < MiB; ++i)
      volume.disk->bytes()[i] = static_cast<std::byte>(random());
    exercise(volume);
    CHECK_FALSE(volume.whyWhole().empty());
  }
}

TEST_CASE("Runs that claim exabytes are dealt with at once", "[ntfs]") {
  TinyVolume volume;
  const auto started = std::chrono::steady_clock::now();
  for (const std::uint64_t number : {0U, 2U, 5U, 6U, 8U, 24U}) {
    TinyVolume broken;
    broken.putRecord(number, {tiny::nonResident(AttributeType::Data, {{0, Run::kHole, 1ULL << 61}},
                                                1ULL << 62, number == 8 ? u"$Bad" : u"")});
    exercise(broken);
    broken.putRecord(
        number, {tiny::nonResident(AttributeType::Data,
                                   {{0, TinyVolume::kMft, 1}, {1, Run::kHole, (1ULL << 62) - 1}},
                                   1ULL << 62)});
    exercise(broken);
  }
  // As many clusters as make 2^64 bytes, and the journal behind them.
  constexpr std::uint64_t kAll = 1ULL << 54;
  volume.putRecord(kLogFileRecord,
                   {tiny::nonResident(AttributeType::Data,
                                      {{0, Run::kHole, kAll}, {kAll, TinyVolume::kLog, 8}}, 8192)});
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("claims to map"));
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(5));
}
