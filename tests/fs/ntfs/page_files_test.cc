// Which clusters belong to a page file and to nothing else, and all that speaks against it.
#include <utility>

#include "platform/error.h"
#include "tests/fs/ntfs/tiny_volume.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using tiny::Bytes;
using tiny::TinyVolume;

namespace {

constexpr std::uint64_t kSequence = 1ULL << 48;  // every record of the tiny volume bears number 1
constexpr std::uint64_t kRecord = 40;
constexpr std::uint64_t kPages = TinyVolume::kPages;
constexpr std::uint64_t kMorePages = TinyVolume::kMorePages;
constexpr std::uint64_t kSize = 25 * TinyVolume::kCluster - 7;

// Offsets in an attribute and in a record.
constexpr std::size_t kAttributeFlags = 12;
constexpr std::size_t kAllocatedSize = 40;
constexpr std::size_t kSequenceNumber = 16;
constexpr std::size_t kLinks = 18;

const ExtentSet kBoth =
    unite({TinyVolume::bytesOf(kPages, 20)}, {TinyVolume::bytesOf(kMorePages, 5)});

Bytes dataOf(const std::vector<Run>& runs, std::uint64_t size = kSize) {
  return tiny::nonResident(AttributeType::Data, runs, size);
}

template <typename T>
void set(Bytes& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

// As TinyVolume::putPageFile(), with everything to be changed before it is put there.
struct PageFile {
  TinyVolume volume;
  std::u16string indexName = u"pagefile.sys";
  std::uint64_t reference = kRecord | kSequence;
  Bytes information = tiny::standardInformation(6);
  Bytes name = tiny::fileName(u"pagefile.sys");
  Bytes data = dataOf({{0, kPages, 20}, {20, kMorePages, 5}});
  std::vector<Bytes> more{};
  std::uint16_t flags = kRecordInUse;
  std::uint64_t base = 0;

  PageFile() {
    volume.mark(kPages, 20);
    volume.mark(kMorePages, 5);
  }

  void put() {
    const std::vector<Bytes> entries{tiny::indexEntry(indexName, reference),
                                     tiny::indexEntry({}, 0)};
    volume.putRecord(kRootRecord,
                     {tiny::resident(AttributeType::IndexRoot, tiny::indexRoot(entries), u"$I30")});
    std::vector<Bytes> attributes{information, name, data};
    attributes.insert(attributes.end(), more.begin(), more.end());
    volume.putRecord(kRecord, attributes, flags, base);
  }
  ExtentSet pages() {
    put();
    return volume.open()->pageFiles();
  }
  std::byte& recordByte(std::size_t offset) {
    return volume.at(TinyVolume::kMft + kRecord, offset);
  }
};

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

using Change = void (*)(PageFile&);
using Changes = std::vector<std::pair<const char*, Change>>;

// Each change by itself is enough to leave the file alone.
void requireNothing(const Changes& changes) {
  for (const auto& [name, change] : changes) {
    INFO(name);
    PageFile file;
    change(file);
    CHECK(file.pages().empty());
  }
}

// A file in record 41 with clusters of its own, and `name` for it beside pagefile.sys.
void addSecond(PageFile& file, std::u16string_view name, const std::vector<Run>& runs) {
  const std::vector<Bytes> entries{tiny::indexEntry(name, 41 | kSequence),
                                   tiny::indexEntry(u"PageFile.sys", file.reference),
                                   tiny::indexEntry({}, 0)};
  file.put();
  file.volume.putRecord(
      kRootRecord, {tiny::resident(AttributeType::IndexRoot, tiny::indexRoot(entries), u"$I30")});
  file.volume.putRecord(41, {file.information, tiny::fileName(name),
                             dataOf(runs, runs.back().end() * TinyVolume::kCluster)});
  for (const Run& run : runs) file.volume.mark(run.lcn, run.length);
}

// The second extent in a record of its own, by way of an attribute list.
struct SplitPageFile {
  PageFile file;
  std::vector<Bytes> entries{
      tiny::listEntry(AttributeType::StandardInformation, 0, kRecord | kSequence),
      tiny::listEntry(AttributeType::FileName, 0, kRecord | kSequence),
      tiny::listEntry(AttributeType::Data, 0, kRecord | kSequence),
      tiny::listEntry(AttributeType::Data, 20, 30 | kSequence)};
  std::uint64_t base = kRecord | kSequence;

  ExtentSet pages() {
    file.data = dataOf({{0, kPages, 20}});
    set(file.data, kAllocatedSize, le64(25 * TinyVolume::kCluster));
    set(file.data, kAllocatedSize + 8, le64(kSize));
    file.more = {tiny::resident(AttributeType::List, tiny::joined(entries))};
    file.volume.putRecord(30, {dataOf({{20, kMorePages, 5}}, 0)}, kRecordInUse, base);
    return file.pages();
  }
};

}  // namespace

TEST_CASE("The clusters of a page file are known, the last one too", "[ntfs]") {
  PageFile file;
  CHECK(file.pages() == kBoth);
  TinyVolume volume;
  volume.putPageFile();
  CHECK(volume.open()->pageFiles() == kBoth);
}

TEST_CASE("A volume without page files has none", "[ntfs]") {
  CHECK(TinyVolume().open()->pageFiles().empty());
}

TEST_CASE("All three names count, whatever their case, and no other", "[ntfs]") {
  const std::u16string name = GENERATE(u"PAGEFILE.SYS", u"HiberFil.sys", u"swapfile.SYS");
  PageFile file;
  file.indexName = name;
  file.name = tiny::fileName(name);
  CHECK(file.pages() == kBoth);
  file.indexName += u"x";
  file.name = tiny::fileName(file.indexName);
  CHECK(file.pages().empty());
}

TEST_CASE("Several files are known beside each other", "[ntfs]") {
  PageFile file;
  addSecond(file, u"hiberfil.sys", {{0, 500, 3}});
  CHECK(file.volume.open()->pageFiles() == unite(kBoth, {TinyVolume::bytesOf(500, 3)}));
}

TEST_CASE("The name and the file have to agree", "[ntfs]") {
  requireNothing({
      {"another name", [](PageFile& f) { f.name = tiny::fileName(u"swapfile.sys"); }},
      {"a longer name", [](PageFile& f) { f.name = tiny::fileName(u"pagefile.sys2"); }},
      {"in a subfolder",
       [](PageFile& f) { f.name = tiny::fileName(u"pagefile.sys", 41 | kSequence); }},
      {"in a root of another time",
       [](PageFile& f) { f.name = tiny::fileName(u"pagefile.sys", kRootRecord | 2 * kSequence); }},
      {"a second name", [](PageFile& f) { f.more = {tiny::fileName(u"photos.zip")}; }},
      {"no name", [](PageFile& f) { f.name = {}; }},
      {"a name cut short",
       [](PageFile& f) { f.name = tiny::resident(AttributeType::FileName, Bytes(60)); }},
      {"a name that passes its end",
       [](PageFile& f) {
         Bytes key(sizeof(FileNameKey));
         set(key, 0, le64(kRootRecord | kSequence));
         set(key, 64, std::uint8_t{12});
         f.name = tiny::resident(AttributeType::FileName, key);
       }},
      {"a name outside of the record",
       [](PageFile& f) {
         f.volume.mark(500, 1);
         f.volume.put(500, Bytes(f.name.begin() + sizeof(ResidentHeader), f.name.end()));
         f.name = tiny::nonResident(AttributeType::FileName, {{0, 500, 1}}, 90);
       }},
      {"a reference of another time", [](PageFile& f) { f.reference = kRecord | 2 * kSequence; }},
      {"a reference to a system file",
       [](PageFile& f) { f.reference = kLogFileRecord | kSequence; }},
      {"a reference beyond the table", [](PageFile& f) { f.reference = 64 | kSequence; }},
  });
}

TEST_CASE("A system record is no page file, whatever it says", "[ntfs]") {
  const std::uint64_t number = GENERATE(12U, 23U, 24U);
  PageFile file;
  file.reference = number | kSequence;
  file.put();
  file.volume.putRecord(kRecord, {}, 0);
  file.volume.putRecord(number, {file.information, file.name, file.data});
  CHECK(file.volume.open()->pageFiles().empty() == (number < 24));
}

TEST_CASE("What is no ordinary file is left alone", "[ntfs]") {
  requireNothing({
      {"deleted", [](PageFile& f) { f.flags = 0; }},
      {"a directory", [](PageFile& f) { f.flags = 0x0003; }},
      {"some index", [](PageFile& f) { f.flags = 0x0009; }},
      {"a continuation", [](PageFile& f) { f.base = 41 | kSequence; }},
      {"a reparse point",
       [](PageFile& f) { f.more = {tiny::resident(AttributeType::ReparsePoint, Bytes(8))}; }},
      {"flagged as reparse point",
       [](PageFile& f) { f.information = tiny::standardInformation(0x0400); }},
      {"flagged as compressed",
       [](PageFile& f) { f.information = tiny::standardInformation(0x0800); }},
      {"flagged as encrypted",
       [](PageFile& f) { f.information = tiny::standardInformation(0x4000); }},
      {"without flags", [](PageFile& f) { f.information = {}; }},
      {"with flags cut short",
       [](PageFile& f) {
         f.information = tiny::resident(AttributeType::StandardInformation, Bytes(32));
       }},
  });
}

TEST_CASE("A file with other names or of another time is left alone", "[ntfs]") {
  PageFile file;
  REQUIRE(file.pages() == kBoth);
  SECTION("two links") {
    file.recordByte(kLinks) = std::byte{2};
  }
  SECTION("no link") {
    file.recordByte(kLinks) = std::byte{0};
  }
  SECTION("another sequence number") {
    file.recordByte(kSequenceNumber) = std::byte{2};
  }
  CHECK(file.volume.open()->pageFiles().empty());
}

TEST_CASE("Data that are not plain clusters are left alone", "[ntfs]") {
  requireNothing({
      {"resident", [](PageFile& f) { f.data = tiny::resident(AttributeType::Data, Bytes(100)); }},
      {"compressed", [](PageFile& f) { set(f.data, kAttributeFlags, le16(0x0001)); }},
      {"encrypted", [](PageFile& f) { set(f.data, kAttributeFlags, le16(0x4000)); }},
      {"none", [](PageFile& f) { f.data = {}; }},
      {"named",
       [](PageFile& f) {
         f.data = tiny::nonResident(AttributeType::Data, {{0, kPages, 20}}, 100, u"x");
       }},
      {"twice", [](PageFile& f) { f.more = {f.data}; }},
      {"larger than allocated",
       [](PageFile& f) { set(f.data, kAllocatedSize, le64(24 * TinyVolume::kCluster)); }},
      {"allocated more than mapped",
       [](PageFile& f) { set(f.data, kAllocatedSize, le64(26 * TinyVolume::kCluster)); }},
      {"larger than mapped",
       [](PageFile& f) {
         f.data = dataOf({{0, kPages, 20}}, kSize);
       }},
      {"a cluster twice",
       [](PageFile& f) {
         f.volume.mark(kPages + 20, 4);
         f.data = dataOf({{0, kPages, 20}, {20, kPages + 19, 5}});
       }},
      {"outside of the volume",
       [](PageFile& f) {
         f.volume.mark(TinyVolume::kClusters - 4, 4);
         f.data = dataOf({{0, kPages, 20}, {20, TinyVolume::kClusters - 4, 5}});
       }},
  });
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
  CHECK(file.pages() == kBoth);
  file.data = dataOf({{0, Run::kHole, 100}});
  CHECK(file.pages().empty());
}

TEST_CASE("Clusters that others name too are left alone", "[ntfs]") {
  requireNothing({
      {"the boot sector",
       [](PageFile& f) {
         f.data = dataOf({{0, kPages, 20}, {20, 0, 5}});
       }},
      {"$Boot behind it",
       [](PageFile& f) {
         f.data = dataOf({{0, kPages, 20}, {20, 3, 5}});
       }},
      {"$MFT",
       [](PageFile& f) {
         f.data = dataOf({{0, kPages, 20}, {20, 75, 5}});
       }},
      {"$MFTMirr",
       [](PageFile& f) {
         f.data = dataOf({{0, kPages, 20}, {20, 512, 4}});
       }},
      {"$Bitmap",
       [](PageFile& f) {
         f.data = dataOf({{0, kPages, 24}, {24, TinyVolume::kBitmap, 1}});
       }},
      {"another file's first cluster",
       [](PageFile& f) {
         f.volume.mark(596, 5);
         f.data = dataOf({{0, kPages, 20}, {20, 596, 5}});
       }},
      {"another file's last cluster",
       [](PageFile& f) {
         f.volume.mark(609, 5);
         f.data = dataOf({{0, kPages, 20}, {20, 609, 5}});
       }},
      {"its own second stream",
       [](PageFile& f) {
         f.more = {tiny::nonResident(AttributeType::Data, {{0, kMorePages + 4, 1}}, 1024, u"x")};
       }},
      {"a continuation of another file",
       [](PageFile& f) {
         f.volume.putRecord(31, {dataOf({{7, kMorePages + 4, 1}}, 0)}, kRecordInUse,
                            41 | kSequence);
       }},
      {"a continuation of what was in its record before",
       [](PageFile& f) {
         f.volume.putRecord(31, {dataOf({{7, kMorePages + 4, 1}}, 0)}, kRecordInUse,
                            kRecord | 2 * kSequence);
       }},
      {"a bad cluster",
       [](PageFile& f) {
         f.volume.putRecord(
             kBadClustersRecord,
             {tiny::nonResident(AttributeType::Data, {{0, Run::kHole, kPages}, {kPages, kPages, 1}},
                                1024, u"$Bad")});
       }},
  });
}

TEST_CASE("The boot sector's copy is in the last cluster of no page file", "[ntfs]") {
  PageFile file;
  file.volume.mark(TinyVolume::kClusters - 1, 1);
  file.data = dataOf({{0, kPages, 24}, {24, TinyVolume::kClusters - 1, 1}});
  file.volume.mark(kPages, 24);
  file.volume.disk->bytes().resize(MiB);
  CHECK(file.pages().bytes() == 25 * TinyVolume::kCluster);
  const Bytes boot = readBytes(*file.volume.disk, 0, 512);
  file.volume.disk->put(MiB - 512, boot);
  CHECK(file.pages().empty());
}

TEST_CASE("A deleted file has no claim any more", "[ntfs]") {
  PageFile file;
  file.volume.putRecord(41, {dataOf({{0, kPages, 20}}, 0)}, 0);
  CHECK(file.pages() == kBoth);
}

TEST_CASE("Two page files that share a cluster are both left alone, a third is not", "[ntfs]") {
  PageFile file;
  addSecond(file, u"hiberfil.sys", {{0, kMorePages + 4, 3}});
  CHECK(file.volume.open()->pageFiles().empty());
  PageFile apart;
  addSecond(apart, u"hiberfil.sys", {{0, TinyVolume::kFile, 1}});
  CHECK(apart.volume.open()->pageFiles() == kBoth);
}

TEST_CASE("Each cluster has to be in use in $Bitmap", "[ntfs]") {
  for (const auto& [first, count] : {std::pair{kPages, 20U}, {kMorePages, 5U}}) {
    for (std::uint64_t cluster = first; cluster < first + count; ++cluster) {
      PageFile file;
      file.volume.mark(cluster, 1, false);
      CHECK(file.pages().empty());
    }
  }
  PageFile file;
  for (const std::uint64_t beside : {kPages - 1, kPages + 20, kMorePages - 1, kMorePages + 5}) {
    file.volume.mark(beside, 1, false);
  }
  CHECK(file.pages() == kBoth);
}

TEST_CASE("A record that cannot be read may be the other owner", "[ntfs]") {
  requireNothing({
      {"no record at all",
       [](PageFile& f) { f.volume.put(TinyVolume::kMft + 50, Bytes(1024, std::byte{1})); }},
      {"written only in part",
       [](PageFile& f) { f.volume.at(TinyVolume::kMft + 24, 510) = std::byte{1}; }},
      {"runs that make no sense",
       [](PageFile& f) {
         f.volume.putRecord(50, {dataOf({{0, TinyVolume::kClusters, 1}}, 1)});
       }},
  });
}

TEST_CASE("A volume that has to be copied whole has no page files", "[ntfs]") {
  PageFile file;
  SECTION("a journal that has not been replayed") {
    file.volume.putLog({.client = 0}, {.client = 0});
  }
  SECTION("a sleeping system") {
    file.indexName = u"hiberfil.sys";
    file.name = tiny::fileName(u"hiberfil.sys");
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
  CHECK(file.pages() == kBoth);
}

TEST_CASE("A page file may lie in several records", "[ntfs]") {
  SplitPageFile split;
  CHECK(split.pages() == kBoth);
}

TEST_CASE("A list that contradicts the records makes a page file unknown", "[ntfs]") {
  SplitPageFile split;
  SECTION("missing extent") {
    split.entries.pop_back();
  }
  SECTION("stale reference") {
    split.entries[3] = tiny::listEntry(AttributeType::Data, 20, 30 | 2 * kSequence);
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
  CHECK(fs->pageFiles() == kBoth);
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
      inside = inside && subtract(pages, kBoth).empty();
      if (!pages.empty()) ++known;
    }
    byte = before;
  }
  CHECK(inside);
  CHECK(known > 0);
  CHECK(known < 3200);
}
