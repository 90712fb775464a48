// What a file's own record says against its being a page file.
#include "tests/fs/ntfs/page_file.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using namespace disktwin::fs::ntfs::tiny;

namespace {

// Offsets in an attribute and in a record.
constexpr std::size_t kAttributeFlags = 12;
constexpr std::size_t kSequenceNumber = 16;
constexpr std::size_t kLinks = 18;

}  // namespace

TEST_CASE("The name and the file have to agree", "[ntfs]") {
  requireNothing({
      {"another name", [](PageFile& f) { f.name = fileName(u"swapfile.sys"); }},
      {"a longer name", [](PageFile& f) { f.name = fileName(u"pagefile.sys2"); }},
      {"in a subfolder", [](PageFile& f) { f.name = fileName(u"pagefile.sys", 41 | kSequence); }},
      {"in a root of another time",
       [](PageFile& f) { f.name = fileName(u"pagefile.sys", kRootRecord | 2 * kSequence); }},
      {"a second name", [](PageFile& f) { f.more = {fileName(u"photos.zip")}; }},
      {"no name", [](PageFile& f) { f.name = {}; }},
      {"a name cut short",
       [](PageFile& f) { f.name = resident(AttributeType::FileName, Bytes(60)); }},
      {"a name that passes its end",
       [](PageFile& f) {
         Bytes key(sizeof(FileNameKey));
         set(key, 0, le64(kRootRecord | kSequence));
         set(key, 64, std::uint8_t{12});
         f.name = resident(AttributeType::FileName, key);
       }},
      {"a name outside of the record",
       [](PageFile& f) {
         f.volume.mark(500, 1);
         f.volume.put(500, Bytes(f.name.begin() + sizeof(ResidentHeader), f.name.end()));
         f.name = nonResident(AttributeType::FileName, {{0, 500, 1}}, 90);
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
       [](PageFile& f) { f.more = {resident(AttributeType::ReparsePoint, Bytes(8))}; }},
      {"flagged as reparse point",
       [](PageFile& f) { f.information = standardInformation(0x0400); }},
      {"flagged as compressed", [](PageFile& f) { f.information = standardInformation(0x0800); }},
      {"flagged as encrypted", [](PageFile& f) { f.information = standardInformation(0x4000); }},
      {"without flags", [](PageFile& f) { f.information = {}; }},
      {"with flags cut short",
       [](PageFile& f) {
         f.information = resident(AttributeType::StandardInformation, Bytes(32));
       }},
  });
}

TEST_CASE("A file with other names or of another time is left alone", "[ntfs]") {
  PageFile file;
  REQUIRE(file.pages() == bothExtents());
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
      {"resident", [](PageFile& f) { f.data = resident(AttributeType::Data, Bytes(100)); }},
      {"compressed", [](PageFile& f) { set(f.data, kAttributeFlags, le16(0x0001)); }},
      {"encrypted", [](PageFile& f) { set(f.data, kAttributeFlags, le16(0x4000)); }},
      {"none", [](PageFile& f) { f.data = {}; }},
      {"named",
       [](PageFile& f) {
         f.data = nonResident(AttributeType::Data, {{0, kPages, 20}}, 100, u"x");
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
