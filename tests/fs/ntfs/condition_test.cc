// How the volume was left: journal, flags, hibernation; and what that means for the map.
#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using fs::VolumeState;
using tiny::Bytes;
using tiny::TinyVolume;

namespace {

// Takes a file's clusters out of $Bitmap.
void forgetFile(TinyVolume& volume) {
  volume.mark(TinyVolume::kFile, 10, false);
}

bool mapsFile(const TinyVolume& volume) {
  const auto used = volume.open()->used();
  REQUIRE(used.whyWhole.empty());
  return used.extents.contains(TinyVolume::bytesOf(TinyVolume::kFile, 10));
}

Bytes indexBlock(std::uint64_t vcn, const std::vector<Bytes>& entries) {
  const Bytes content = tiny::joined(entries);
  IndexBlock head{};
  std::memcpy(head.header.magic.data(), "INDX", 4);
  head.header.arrayOffset = 40;
  head.header.arrayCount = 3;
  head.vcn = vcn;
  head.index.entriesOffset = 40;
  head.index.indexLength = static_cast<std::uint32_t>(40 + content.size());
  Bytes out(64);
  std::memcpy(out.data(), &head, sizeof head);
  out = tiny::joined({out, content});
  out.resize(TinyVolume::kCluster);
  tiny::protect(out);
  return out;
}

// A root directory of three levels: the root's only child is block 0, whose children are 1 and 2.
void putDeepRoot(TinyVolume& volume, std::int64_t leftChild, std::int64_t rightChild) {
  volume.putHiberfile("hibr");
  volume.putRecord(kRootRecord,
                   {tiny::resident(AttributeType::IndexRoot,
                                   tiny::indexRoot({tiny::indexEntry({}, 0, 0)}), u"$I30"),
                    tiny::nonResident(AttributeType::IndexAllocation, {{0, TinyVolume::kFree, 3}},
                                      3 * 1024, u"$I30")});
  volume.put(TinyVolume::kFree, indexBlock(0, {tiny::indexEntry(u"\u00C4rger", 24, leftChild),
                                               tiny::indexEntry({}, 0, rightChild)}));
  volume.put(TinyVolume::kFree + 1,
             indexBlock(1, {tiny::indexEntry(u"abc", 24), tiny::indexEntry(u"HIBERFIL.SYS", 40),
                            tiny::indexEntry(u"x", 24), tiny::indexEntry({}, 0)}));
  volume.put(TinyVolume::kFree + 2, indexBlock(2, {tiny::indexEntry({}, 0)}));
}

}  // namespace

TEST_CASE("A clean volume's files are taken from $Bitmap alone", "[ntfs]") {
  TinyVolume volume;
  volume.putLog({}, {});
  CHECK(volume.open()->info().state == VolumeState::Clean);
  CHECK(mapsFile(volume));
  forgetFile(volume);
  CHECK_FALSE(mapsFile(volume));  // that is, the cases below prove what they say
}

TEST_CASE("A dirty volume's files are in the map though $Bitmap forgot them", "[ntfs]") {
  for (const std::uint16_t flag : std::initializer_list<std::uint16_t>{1, 2, 4, 0x4000}) {
    TinyVolume volume;
    volume.putLog({}, {});
    volume.putFlags(flag);
    forgetFile(volume);
    CHECK(mapsFile(volume));
    const bool dirty = flag == 0x0001 || flag == 0x4000;
    CHECK(volume.open()->info().state == (dirty ? VolumeState::Dirty : VolumeState::Clean));
    CHECK(volume.open()->info().notes.size() == 2);
  }
}

TEST_CASE("An emptied journal vouches for nothing: files are asked for their clusters", "[ntfs]") {
  TinyVolume volume;
  forgetFile(volume);
  CHECK(mapsFile(volume));
  CHECK(volume.open()->info().state == VolumeState::Clean);
}

TEST_CASE("Deleted files do not count, whatever their record still says", "[ntfs]") {
  TinyVolume volume;
  forgetFile(volume);
  volume.putRecord(24, {tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kFile, 10}}, 10)},
                   0);
  CHECK_FALSE(mapsFile(volume));
}

TEST_CASE("Extents in extension records count where files are asked", "[ntfs]") {
  TinyVolume volume;
  forgetFile(volume);
  volume.putRecord(24, {});
  volume.putRecord(30, {tiny::nonResident(AttributeType::Data, {{70, TinyVolume::kFile, 10}}, 0)},
                   kRecordInUse, 24);
  CHECK(mapsFile(volume));
}

TEST_CASE("A damaged record makes the map of a dirty volume incomplete", "[ntfs]") {
  TinyVolume volume;
  volume.at(TinyVolume::kMft + 24, 510) ^= std::byte{1};
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("MFT record 24"));
  volume.putLog({}, {});
  CHECK(volume.whyWhole().empty());
  volume.putFlags(kVolumeDirty);
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("MFT record 24"));
}

TEST_CASE("A record marked as bad makes the map of a dirty volume incomplete", "[ntfs]") {
  TinyVolume volume;
  std::memcpy(&volume.at(TinyVolume::kMft + 24, 0), "BAAD", 4);
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("MFT record 24"));
}

TEST_CASE("A file with clusters outside of the volume makes the map incomplete", "[ntfs]") {
  TinyVolume volume;
  volume.putRecord(24, {tiny::nonResident(AttributeType::Data, {{0, 1020, 5}}, 10)});
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("MFT record 24: a run of 5 clusters"));
}

TEST_CASE("An open journal makes the map incomplete", "[ntfs]") {
  TinyVolume volume;
  const auto needsRecovery = [&] {
    const auto fs = volume.open();
    CHECK(fs->info().state == VolumeState::NeedsRecovery);
    CHECK_THAT(fs->used().whyWhole, ContainsSubstring("journal"));
    CHECK(fs->used().extents == ExtentSet{{0, volume.disk->size()}});
  };
  const auto clean = [&] {
    CHECK(volume.open()->info().state == VolumeState::Clean);
    CHECK(volume.whyWhole().empty());
  };
  volume.putLog({.client = 0, .lsn = 5}, {.client = 0, .lsn = 6});
  needsRecovery();
  volume.putLog({.client = 0, .flags = kLogVolumeIsClean},
                {.client = 0, .flags = kLogVolumeIsClean});
  clean();
  // The newer page counts, wherever it lies.
  volume.putLog({.client = kNoClient, .lsn = 5}, {.client = 0, .lsn = 6});
  needsRecovery();
  volume.putLog({.client = 0, .lsn = 6}, {.client = kNoClient, .lsn = 5});
  needsRecovery();
  volume.putLog({.client = kNoClient, .lsn = 6}, {.client = 0, .lsn = 5});
  clean();
  // Of two of the same age the open one.
  volume.putLog({.client = kNoClient, .lsn = 5}, {.client = 0, .lsn = 5});
  needsRecovery();
  volume.putLog({.client = 0, .lsn = 5}, {.client = kNoClient, .lsn = 5});
  needsRecovery();
}

TEST_CASE("The journal format of a running Windows makes the map incomplete", "[ntfs]") {
  TinyVolume volume;
  volume.putLog({.major = 2}, {.major = 2});
  CHECK(volume.open()->info().state == VolumeState::NeedsRecovery);
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("2.0"));
  volume.putLog({.major = 1}, {.major = 2});
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("2.0"));
}

TEST_CASE("A journal with a damaged restart page counts as open", "[ntfs]") {
  for (const std::uint64_t page : {0U, 4U}) {
    TinyVolume volume;
    volume.putLog({}, {});
    REQUIRE(volume.whyWhole().empty());
    volume.at(TinyVolume::kLog + page, 511) ^= std::byte{1};
    CHECK_THAT(volume.whyWhole(), ContainsSubstring("no two valid restart pages"));
  }
  TinyVolume volume;
  volume.put(TinyVolume::kLog, Bytes(8192));
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("no two valid restart pages"));
}

TEST_CASE("A sleeping Windows is seen by hiberfil.sys", "[ntfs]") {
  for (const char* header : {"hibr", "HIBR", "Hibr"}) {
    TinyVolume volume;
    volume.putHiberfile(header);
    const auto fs = volume.open();
    CHECK(fs->info().state == VolumeState::Hibernated);
    CHECK_THAT(fs->used().whyWhole, ContainsSubstring("hiberfil.sys"));
    CHECK_THAT(fs->info().notes.back(), ContainsSubstring("Fast Startup"));
  }
  for (const char* header : {"", "wake", "WAKE"}) {
    TinyVolume volume;
    volume.putHiberfile(header);
    CHECK(volume.open()->info().state == VolumeState::Clean);
    CHECK(volume.whyWhole().empty());
  }
}

TEST_CASE("What hiberfil.sys never wrote is not its header", "[ntfs]") {
  TinyVolume volume;
  volume.putHiberfile("hibr");
  Bytes data = tiny::nonResident(AttributeType::Data, {{0, TinyVolume::kFree + 100, 1}}, 1024);
  const le64 nothing = 0;
  std::memcpy(&data[offsetof(NonResidentHeader, initializedSize)], &nothing, sizeof nothing);
  volume.putRecord(40, {data});
  CHECK(volume.open()->info().state == VolumeState::Clean);
}

TEST_CASE("hiberfil.sys is found in a root directory of several levels", "[ntfs]") {
  TinyVolume volume;
  putDeepRoot(volume, 1, 2);
  CHECK(volume.open()->info().state == VolumeState::Hibernated);
  putDeepRoot(volume, 2, 1);  // where it does not belong, and Windows would not find it
  CHECK(volume.open()->info().state == VolumeState::Clean);
}

TEST_CASE("A root directory that goes in circles makes the map incomplete", "[ntfs]") {
  TinyVolume volume;
  putDeepRoot(volume, 0, 2);
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("circles"));
  putDeepRoot(volume, 3, 2);
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("beyond its end"));
  putDeepRoot(volume, 1, 2);
  volume.at(TinyVolume::kFree + 1, 511) ^= std::byte{1};
  CHECK_THAT(volume.whyWhole(), ContainsSubstring("written only in part"));
}

TEST_CASE("The order of names is that of Windows", "[ntfs]") {
  // Behind every letter of ASCII come the others, so hiberfil.sys is left of the one in block 0.
  TinyVolume volume;
  putDeepRoot(volume, 1, 1);
  volume.put(TinyVolume::kFree, indexBlock(0, {tiny::indexEntry(u"hiberfil.sy", 24, 2),
                                               tiny::indexEntry(u"hiberfil.sys1", 24, 1),
                                               tiny::indexEntry({}, 0, 2)}));
  CHECK(volume.open()->info().state == VolumeState::Hibernated);
}
