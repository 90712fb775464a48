// What the reader says of a volume that is in order, and of its $Bitmap.
#include <algorithm>
#include <random>

#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using tiny::Bytes;
using tiny::TinyVolume;

namespace {

bool hasNote(const fs::FileSystem& fs, std::string_view part) {
  for (const std::string& note : fs.info().notes) {
    if (note.find(part) != std::string::npos) return true;
  }
  return false;
}

// Clusters far from everything else, so that no gap between neighbours is filled in.
constexpr std::uint64_t kLonely = TinyVolume::kFree + 80;

}  // namespace

TEST_CASE("A volume is described as blkid and Windows do", "[ntfs]") {
  const auto fs = TinyVolume().open();
  REQUIRE(fs);
  const fs::VolumeInfo& info = fs->info();
  CHECK(info.type == "ntfs");
  CHECK(info.label == "Größe 💾");
  CHECK(info.uuid == "0123456789ABCDEF");
  CHECK(info.blockSize == 1024);
  CHECK(info.size == MiB + 512);
  CHECK(info.used == (8 + 1 + 64 + 4 + 8 + 10 + 1) * 1024);
  CHECK(info.state == fs::VolumeState::Clean);
  CHECK(hasNote(*fs, "NTFS version 3.1"));
  CHECK(info.notes.size() == 1);
}

TEST_CASE("Without the signature there is no volume", "[ntfs]") {
  TinyVolume volume;
  volume.at(0, 3) = std::byte{'E'};
  CHECK_FALSE(volume.open());
  CHECK_FALSE(fs::ntfs::open(std::make_shared<disktwin::test::MemoryDisk>(511)));
  CHECK_FALSE(fs::ntfs::open(std::make_shared<disktwin::test::MemoryDisk>(0)));
}

TEST_CASE("The map holds what is in use and leaves out what is free", "[ntfs]") {
  TinyVolume volume;
  const auto used = volume.open()->used();
  CHECK(used.whyWhole.empty());
  for (const Extent& extent :
       {TinyVolume::bytesOf(0, 8), TinyVolume::bytesOf(TinyVolume::kMft, TinyVolume::kRecords),
        TinyVolume::bytesOf(TinyVolume::kFile, 10), TinyVolume::bytesOf(TinyVolume::kSparse, 1),
        TinyVolume::bytesOf(TinyVolume::kMirror, 4), Extent{MiB, 512}}) {
    CHECK(used.extents.contains(extent));
  }
  CHECK_FALSE(used.extents.intersects(TinyVolume::bytesOf(TinyVolume::kFree, 200)));
  CHECK_FALSE(used.extents.intersects(TinyVolume::bytesOf(700, 120)));
}

TEST_CASE("System files are in the map even when $Bitmap forgot them", "[ntfs]") {
  TinyVolume volume;
  volume.putLog({}, {});
  volume.mark(0, TinyVolume::kClusters, false);
  const auto used = volume.open()->used();
  CHECK(used.whyWhole.empty());
  for (const Extent& extent :
       {TinyVolume::bytesOf(0, 9), TinyVolume::bytesOf(TinyVolume::kMft, TinyVolume::kRecords),
        TinyVolume::bytesOf(TinyVolume::kMirror, 4), TinyVolume::bytesOf(TinyVolume::kLog, 8)}) {
    CHECK(used.extents.contains(extent));
  }
}

TEST_CASE("A lone bit at each place of a word is found", "[ntfs]") {
  for (std::uint64_t cluster = kLonely; cluster < kLonely + 65; ++cluster) {
    TinyVolume volume;
    volume.mark(cluster, 1);
    const ExtentSet used = volume.open()->used().extents;
    REQUIRE(used.contains(TinyVolume::bytesOf(cluster, 1)));
    REQUIRE_FALSE(used.intersects(TinyVolume::bytesOf(cluster + 1, 1)));
    REQUIRE_FALSE(used.intersects(TinyVolume::bytesOf(cluster - 1, 1)));
  }
}

TEST_CASE("The map of any bitmap is that bitmap with short gaps filled in", "[ntfs]") {
  std::mt19937 random(5);  // NOLINT: the same bitmaps each time
  for (int round = 0; round < 200; ++round) {
    TinyVolume volume;
    volume.putLog({}, {});
    ExtentSet expected = volume.open()->used().extents;
    for (std::uint64_t at = 0; at < TinyVolume::kClusters;) {
      at += random() % (round % 2 == 0 ? 100 : 5);
      const std::uint64_t count = std::min(1 + random() % 70, TinyVolume::kClusters - at);
      if (at >= TinyVolume::kClusters) break;
      volume.mark(at, count);
      expected.add(TinyVolume::bytesOf(at, count));
      at += count;
    }
    REQUIRE(volume.open()->used().extents == expected.withGapsFilled(64 * KiB));
  }
}

TEST_CASE("With clusters of 64 KiB not a single free one is taken for used", "[ntfs]") {
  constexpr std::uint64_t kBig = 64 * KiB;
  TinyVolume volume;
  volume.disk->bytes().resize(1000 * kBig + 512);
  auto boot = readStruct<BootSector>(*volume.disk, 0);
  boot.sectorsPerCluster = 128;
  boot.sectors = 1000 * kBig / 512;
  boot.mftLcn = 1;
  boot.mirrorLcn = 3;
  volume.disk->put(0, boot);
  const Bytes table = readBytes(*volume.disk, TinyVolume::kMft * TinyVolume::kCluster, kBig);
  volume.disk->put(kBig, table);
  const auto describe = [&](std::uint64_t number, std::uint64_t lcn, std::uint64_t size) {
    volume.putRecord(number, {tiny::nonResident(AttributeType::Data, {{0, lcn, 1}}, size)});
    volume.disk->put(kBig + number * 1024,
                     readBytes(*volume.disk, (TinyVolume::kMft + number) * 1024, 1024));
  };
  describe(kMftRecord, 1, kBig);
  describe(kMirrorRecord, 3, 4096);
  describe(kLogFileRecord, 4, 8192);
  describe(kBitmapRecord, 5, 128);
  describe(kBootRecord, 0, 8192);
  describe(24, 6, 100);
  describe(25, 6, 100);
  volume.disk->put(4 * kBig, Bytes(kBig, std::byte{0xFF}));
  Bytes bits(128, std::byte{0x55});
  bits[0] = std::byte{0x7B};  // clusters 0, 1, 3, 4, 5, 6
  volume.disk->put(5 * kBig, bits);
  const auto used = volume.open()->used();
  REQUIRE(used.whyWhole.empty());
  for (std::uint64_t cluster = 10; cluster < 1000; ++cluster) {
    REQUIRE(used.extents.contains({cluster * kBig, kBig}) == (cluster % 2 == 0));
    REQUIRE(used.extents.intersects({cluster * kBig, kBig}) == (cluster % 2 == 0));
  }
}

TEST_CASE("A bitmap that ends before the clusters do makes the map incomplete", "[ntfs]") {
  TinyVolume volume;
  const auto describe = [&](std::uint64_t size) {
    volume.putRecord(kBitmapRecord,
                     {tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kBitmap, 1}}, size)});
  };
  describe(TinyVolume::kClusters / 8 - 1);
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("$Bitmap speaks of 1016 clusters"));
  CHECK(volume.open()->used().extents == ExtentSet{{0, MiB + 512}});
  describe(TinyVolume::kClusters / 8 + 8);
  CHECK(volume.whyWhole().empty());
}

TEST_CASE("A bitmap that was not written to its end makes the map incomplete", "[ntfs]") {
  TinyVolume volume;
  Bytes data = tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kBitmap, 1}},
                                 TinyVolume::kClusters / 8);
  const le64 valid = 100;
  std::memcpy(&data[offsetof(NonResidentHeader, initializedSize)], &valid, sizeof valid);
  volume.putRecord(kBitmapRecord, {data});
  CHECK_FALSE(volume.whyWhole().empty());
}

TEST_CASE("A bitmap with a hole makes the map incomplete", "[ntfs]") {
  TinyVolume volume;
  volume.putRecord(kBitmapRecord, {tiny::nonResident(AttributeType::Data, {{0, Run::kHole, 1}},
                                                     TinyVolume::kClusters / 8)});
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("sparse"));
}

TEST_CASE("Bits behind the last cluster are ignored", "[ntfs]") {
  TinyVolume volume;
  const auto before = volume.open()->info().used;
  volume.putRecord(kBitmapRecord,
                   {tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kBitmap, 1}}, 1024)});
  volume.mark(TinyVolume::kClusters, 500);
  const auto fs = volume.open();
  CHECK(fs->info().used == before);
  CHECK(fs->used().whyWhole.empty());
  CHECK(fs->used().extents.extents().back().end() == MiB + 512);
}

TEST_CASE("Bits behind the last cluster are ignored inside of its word too", "[ntfs]") {
  TinyVolume volume;
  const auto before = volume.open()->info().used;
  auto boot = readStruct<BootSector>(*volume.disk, 0);
  boot.sectors = 2 * (TinyVolume::kClusters - 3);
  volume.disk->put(0, boot);
  volume.mark(TinyVolume::kClusters - 4, 4);
  const auto fs = volume.open();
  CHECK(fs->info().used == before + TinyVolume::kCluster);
  CHECK(fs->used().extents.contains(TinyVolume::bytesOf(TinyVolume::kClusters - 4, 1)));
}

TEST_CASE("A resident bitmap is understood", "[ntfs]") {
  TinyVolume volume;
  volume.mark(kLonely, 1);
  volume.putRecord(kBitmapRecord, {tiny::resident(AttributeType::Data, volume.bitmap())});
  volume.put(TinyVolume::kBitmap, Bytes(1024));
  const auto used = volume.open()->used();
  CHECK(used.whyWhole.empty());
  CHECK(used.extents.contains(TinyVolume::bytesOf(kLonely, 1)));
}

TEST_CASE("The backup boot sector is a signature; where it is missing a note says so", "[ntfs]") {
  TinyVolume volume;
  CHECK(volume.open()->signatures() == ExtentSet{{0, 512}, {MiB, 512}});
  volume.at(TinyVolume::kClusters, 3) = std::byte{0};
  const auto fs = volume.open();
  CHECK(fs->signatures() == ExtentSet{{0, 512}});
  CHECK(hasNote(*fs, "no backup boot sector"));
  CHECK(fs->used().whyWhole.empty());
}

TEST_CASE("In a larger partition both places of the backup boot sector count", "[ntfs]") {
  TinyVolume volume;
  volume.disk->bytes().resize(2 * MiB);
  volume.disk->put(2 * MiB - 512, readStruct<BootSector>(*volume.disk, 0));
  const auto fs = volume.open();
  CHECK(fs->signatures() == ExtentSet{{0, 512}, {MiB, 512}, {2 * MiB - 512, 512}});
  CHECK(hasNote(*fs, "larger than the filesystem"));
  CHECK(fs->used().extents.contains({2 * MiB - 512, 512}));
  CHECK_FALSE(fs->used().extents.intersects({MiB + 64 * KiB, 512 * KiB}));
}

TEST_CASE("What lies behind the last whole cluster is in the map", "[ntfs]") {
  TinyVolume volume;
  volume.disk->bytes().resize(MiB + 1024);
  auto boot = readStruct<BootSector>(*volume.disk, 0);
  boot.sectors = boot.sectors + 1;
  volume.disk->put(0, boot);
  CHECK(volume.open()->used().extents.contains({MiB, 1024}));
}

TEST_CASE("Recorded bad clusters are mentioned", "[ntfs]") {
  TinyVolume volume;
  volume.putRecord(
      kBadClustersRecord,
      {tiny::nonResident(
          AttributeType::Data,
          {{0, Run::kHole, kLonely}, {kLonely, kLonely, 3}, {kLonely + 3, Run::kHole, 100}},
          TinyVolume::kCluster, u"$Bad")});
  CHECK(hasNote(*volume.open(), "3072 bytes are recorded as bad"));
}

TEST_CASE("A partition that was cut short is not trusted", "[ntfs]") {
  TinyVolume volume;
  volume.disk->bytes().resize(MiB - 512);
  const auto fs = volume.open();
  REQUIRE(fs);
  CHECK_THAT(fs->used().whyWhole, ContainsSubstring("2048 sectors of 512 bytes"));
  CHECK(fs->used().extents == ExtentSet{{0, MiB - 512}});
  CHECK(fs->info().state == fs::VolumeState::Unknown);
}
