// $Bitmap and the MFT itself described in pieces, in several records.
#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using tiny::Bytes;
using tiny::TinyVolume;

namespace {

constexpr std::uint64_t kSequence = 1ULL << 48;  // every record of the tiny volume bears number 1
constexpr std::uint64_t kLonely = TinyVolume::kFree + 80;

// $Bitmap of two clusters, the second of which (beyond the last bit) lies elsewhere and in
// record 30.
struct SplitBitmap {
  TinyVolume volume;
  std::vector<Bytes> entries{tiny::listEntry(AttributeType::Data, 0, kBitmapRecord | kSequence, 1),
                             tiny::listEntry(AttributeType::Data, 1, 30 | kSequence, 2)};
  Bytes first = tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kBitmap, 1}}, 2048, {}, 1);
  Bytes second = tiny::nonResident(AttributeType::Data, {{1, TinyVolume::kFree, 1}}, 0, {}, 2);
  std::uint64_t base = kBitmapRecord | kSequence;

  std::string whyWhole() {
    volume.putRecord(kBitmapRecord,
                     {tiny::resident(AttributeType::List, tiny::joined(entries)), first});
    volume.putRecord(30, {second}, kRecordInUse, base);
    return volume.whyWhole();
  }
};

}  // namespace

TEST_CASE("$Bitmap may lie in several records", "[ntfs]") {
  SplitBitmap bitmap;
  CHECK(bitmap.whyWhole().empty());
  CHECK(bitmap.volume.open()->used().extents.contains(TinyVolume::bytesOf(TinyVolume::kFree, 1)));
}

TEST_CASE("Pieces of $Bitmap in other records are in the map even when it forgot them", "[ntfs]") {
  SplitBitmap bitmap;
  bitmap.volume.putLog({}, {});
  CHECK(bitmap.whyWhole().empty());
  CHECK(bitmap.volume.open()->used().extents.contains(TinyVolume::bytesOf(TinyVolume::kFree, 1)));
}

TEST_CASE("$Bitmap's first extent may lie in another record, the list outside of both", "[ntfs]") {
  TinyVolume volume;
  volume.mark(kLonely, 1);
  const Bytes list = tiny::listEntry(AttributeType::Data, 0, 30 | kSequence, 1);
  volume.put(TinyVolume::kFree, list);
  volume.putRecord(kBitmapRecord, {tiny::nonResident(AttributeType::List,
                                                     {{0, TinyVolume::kFree, 1}}, list.size())});
  volume.putRecord(30,
                   {tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kBitmap, 1}},
                                      TinyVolume::kClusters / 8, {}, 1)},
                   kRecordInUse, kBitmapRecord | kSequence);
  const auto used = volume.open()->used();
  CHECK(used.whyWhole.empty());
  CHECK(used.extents.contains(TinyVolume::bytesOf(kLonely, 1)));
  CHECK(used.extents.contains(TinyVolume::bytesOf(TinyVolume::kFree, 1)));
}

TEST_CASE("A list that contradicts the records makes the map incomplete", "[ntfs]") {
  using Change = void (*)(SplitBitmap&);
  const std::vector<std::pair<const char*, Change>> changes{
      {"missing extent", [](SplitBitmap& b) { b.entries.pop_back(); }},
      {"the same extent twice", [](SplitBitmap& b) { b.entries.push_back(b.entries.back()); }},
      {"extents in the wrong order", [](SplitBitmap& b) { std::swap(b.entries[0], b.entries[1]); }},
      {"circle to the base",
       [](SplitBitmap& b) {
         b.entries[1] = tiny::listEntry(AttributeType::Data, 1, kBitmapRecord | kSequence, 1);
       }},
      {"record of another file", [](SplitBitmap& b) { b.base = 7 | kSequence; }},
      {"record that is a base itself", [](SplitBitmap& b) { b.base = 0; }},
      {"stale reference",
       [](SplitBitmap& b) {
         b.entries[1] = tiny::listEntry(AttributeType::Data, 1, 30 | 2 * kSequence, 2);
       }},
      {"record beyond the table",
       [](SplitBitmap& b) {
         b.entries[1] = tiny::listEntry(AttributeType::Data, 1, 64 | kSequence, 2);
       }},
      {"huge record number",
       [](SplitBitmap& b) {
         b.entries[1] = tiny::listEntry(AttributeType::Data, 1, 0xFFFF'FFFF'FFFF | kSequence, 2);
       }},
      {"gap between the extents",
       [](SplitBitmap& b) {
         b.second = tiny::nonResident(AttributeType::Data, {{2, TinyVolume::kFree, 1}}, 0, {}, 2);
         b.entries[1] = tiny::listEntry(AttributeType::Data, 2, 30 | kSequence, 2);
       }},
      {"empty list", [](SplitBitmap& b) { b.entries.clear(); }},
  };
  for (const auto& [name, change] : changes) {
    INFO(name);
    SplitBitmap bitmap;
    change(bitmap);
    CHECK_FALSE(bitmap.whyWhole().empty());
  }
}

TEST_CASE("An attribute list larger than possible is refused", "[ntfs]") {
  TinyVolume volume;
  volume.putRecord(kBitmapRecord,
                   {tiny::nonResident(AttributeType::List, {{0, 100, 300}}, 300 * 1024)});
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("attribute list has 307200 bytes"));
}

TEST_CASE("The MFT is followed through records that it maps itself", "[ntfs]") {
  // Records 0 to 39 stay; 40 to 63 move, described in record 30, which the first extent maps.
  TinyVolume volume;
  const auto move = [&](std::uint64_t extension) {
    volume.putRecord(50, {tiny::nonResident(AttributeType::Data, {{0, kLonely, 2}}, 2048)});
    for (std::uint64_t i = 40; i < 64; ++i) {
      volume.put(TinyVolume::kFree + i,
                 readBytes(*volume.disk, (TinyVolume::kMft + i) * TinyVolume::kCluster, 1024));
      volume.put(TinyVolume::kMft + i, Bytes(1024));
    }
    volume.putRecord(
        kMftRecord,
        {tiny::resident(
             AttributeType::List,
             tiny::joined({tiny::listEntry(AttributeType::Data, 0, kSequence, 1),
                           tiny::listEntry(AttributeType::Data, 40, extension | kSequence, 2)})),
         tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kMft, 40}}, 64 * 1024, {}, 1)});
    volume.putRecord(
        extension,
        {tiny::nonResident(AttributeType::Data, {{40, TinyVolume::kFree + 40, 24}}, 0, {}, 2)},
        kRecordInUse, kSequence);
  };
  SECTION("and so are the files in it") {
    move(30);
    const auto used = volume.open()->used();
    CHECK(used.whyWhole.empty());
    CHECK(used.extents.contains(TinyVolume::bytesOf(TinyVolume::kFree + 40, 24)));
    CHECK(used.extents.contains(TinyVolume::bytesOf(kLonely, 2)));
  }
  SECTION("and it is in the map even when $Bitmap forgot it") {
    volume.putLog({}, {});
    move(30);
    const auto used = volume.open()->used();
    CHECK(used.whyWhole.empty());
    CHECK(used.extents.contains(TinyVolume::bytesOf(TinyVolume::kFree + 40, 24)));
  }
  SECTION("but not through one that lies in the very part it describes") {
    move(50);
    CHECK_FALSE(volume.whyWhole().empty());
  }
}
