// Which clusters belong to page files, and where none are known at all.
#include "platform/error.h"
#include "tests/fs/ntfs/page_file.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using namespace disktwin::fs::ntfs::tiny;

namespace {

// Fails where it is `bad`.
class WearingDisk final : public BlockReader {
 public:
  explicit WearingDisk(const disktwin::test::MemoryDisk& disk) : disk_(disk) {}
  std::string name() const override { return "disk"; }
  std::uint64_t size() const override { return disk_.size(); }
  std::uint32_t sectorSize() const override { return disk_.sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (bad.overlaps({offset, out.size()})) throw Error(ErrorKind::Read, name(), "bad sector");
    disk_.read(offset, out);
  }

  Extent bad;

 private:
  disktwin::test::MemoryDisk disk_;
};

// The second extent in a record of its own, by way of an attribute list.
struct SplitPageFile {
  PageFile file;
  std::vector<Bytes> entries{listEntry(AttributeType::StandardInformation, 0, kRecord | kSequence),
                             listEntry(AttributeType::FileName, 0, kRecord | kSequence),
                             listEntry(AttributeType::Data, 0, kRecord | kSequence),
                             listEntry(AttributeType::Data, 20, 30 | kSequence)};
  std::uint64_t base = kRecord | kSequence;

  ExtentSet pages() {
    file.data = dataOf({{0, kPages, 20}});
    set(file.data, kAllocatedSize, le64(25 * TinyVolume::kCluster));
    set(file.data, kAllocatedSize + 8, le64(kSize));
    file.more = {resident(AttributeType::List, joined(entries))};
    file.volume.putRecord(30, {dataOf({{20, kMorePages, 5}}, 0)}, kRecordInUse, base);
    return file.pages();
  }
};

}  // namespace

TEST_CASE("The clusters of a page file are known, the last one too", "[ntfs]") {
  PageFile file;
  CHECK(file.pages() == bothExtents());
  TinyVolume volume;
  volume.putPageFile();
  CHECK(volume.open()->pageFiles() == bothExtents());
}

TEST_CASE("A volume without page files has none", "[ntfs]") {
  CHECK(TinyVolume().open()->pageFiles().empty());
}

TEST_CASE("All three names count, whatever their case, and no other", "[ntfs]") {
  const std::u16string name = GENERATE(u"PAGEFILE.SYS", u"HiberFil.sys", u"swapfile.SYS");
  PageFile file;
  file.indexName = name;
  file.name = fileName(name);
  CHECK(file.pages() == bothExtents());
  file.indexName += u"x";
  file.name = fileName(file.indexName);
  CHECK(file.pages().empty());
}

TEST_CASE("What is mapped beyond the allocated size does not count", "[ntfs]") {
  PageFile file;
  file.data = dataOf({{0, kPages, 20}, {20, kMorePages, 5}}, 22 * TinyVolume::kCluster + 100);
  const std::uint64_t odd = GENERATE(0U, 1U, 1023U);
  set(file.data, kAllocatedSize, le64(23 * TinyVolume::kCluster + odd));
  CHECK(file.pages() ==
        unite({TinyVolume::bytesOf(kPages, 20)}, {TinyVolume::bytesOf(kMorePages, 3)}));
}

TEST_CASE("Holes of a page file are nowhere", "[ntfs]") {
  PageFile file;
  file.data = dataOf({{0, kPages, 20}, {20, Run::kHole, 100}, {120, kMorePages, 5}});
  CHECK(file.pages() == bothExtents());
  file.data = dataOf({{0, Run::kHole, 100}});
  CHECK(file.pages().empty());
}

TEST_CASE("A volume that has to be copied whole has no page files", "[ntfs]") {
  PageFile file;
  SECTION("a journal that has not been replayed") {
    file.volume.putLog({.client = 0}, {.client = 0});
  }
  SECTION("a sleeping system") {
    file.indexName = u"hiberfil.sys";
    file.name = fileName(u"hiberfil.sys");
    file.volume.put(kPages, Bytes{std::byte{'h'}, std::byte{'i'}, std::byte{'b'}, std::byte{'r'}});
  }
  SECTION("damage") {
    file.volume.putRecord(kVolumeRecord, {});
  }
  CHECK(file.pages().empty());
  CHECK_FALSE(file.volume.whyWhole().empty());
}

TEST_CASE("A dirty volume's page files are known, since every record is asked", "[ntfs]") {
  PageFile file;
  file.volume.putFlags(kVolumeDirty);
  CHECK(file.pages() == bothExtents());
}

TEST_CASE("A page file may lie in several records", "[ntfs]") {
  SplitPageFile split;
  CHECK(split.pages() == bothExtents());
}

TEST_CASE("A list that contradicts the records makes a page file unknown", "[ntfs]") {
  SplitPageFile split;
  SECTION("missing extent") {
    split.entries.pop_back();
  }
  SECTION("stale reference") {
    split.entries[3] = listEntry(AttributeType::Data, 20, 30 | 2 * kSequence);
  }
  SECTION("record of another file") {
    split.base = 41 | kSequence;
  }
  SECTION("no name") {
    split.entries.erase(split.entries.begin() + 1);
  }
  SECTION("an invalid entry") {
    split.entries.push_back(Bytes(8, std::byte{1}));
  }
  CHECK(split.pages().empty());
}

TEST_CASE("A medium that fails is an error and not a volume without page files", "[ntfs]") {
  PageFile file;
  file.put();
  const auto disk = std::make_shared<WearingDisk>(*file.volume.disk);
  const auto fs = fs::ntfs::open(disk);
  REQUIRE(fs);
  CHECK(fs->pageFiles() == bothExtents());
  // The root directory, the file itself, and a record that only the search for other owners reads.
  for (const std::uint64_t record : {kRootRecord, kRecord, std::uint64_t{60}}) {
    disk->bad = TinyVolume::bytesOf(TinyVolume::kMft + record, 1);
    CHECK_THROWS_AS(fs->pageFiles(), Error);
  }
  disk->bad = TinyVolume::bytesOf(TinyVolume::kBitmap, 1);
  CHECK_THROWS_AS(fs->pageFiles(), Error);
}

TEST_CASE("No changed byte of its record makes a page file larger", "[ntfs]") {
  TinyVolume volume;
  volume.putPageFile();
  bool inside = true;
  std::size_t known = 0;
  for (std::size_t offset = 0; offset < 400; ++offset) {
    std::byte& byte = volume.at(TinyVolume::kMft + kRecord, offset);
    const std::byte before = byte;
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte = before ^ static_cast<std::byte>(1U << bit);
      const ExtentSet pages = volume.open()->pageFiles();
      inside = inside && subtract(pages, bothExtents()).empty();
      if (!pages.empty()) ++known;
    }
    byte = before;
  }
  CHECK(inside);
  CHECK(known > 0);
  CHECK(known < 3200);
}
