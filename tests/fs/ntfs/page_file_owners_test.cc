// Clusters that a page file shares with anything else, or that nobody calls in use.
#include <utility>

#include "tests/fs/ntfs/page_file.h"

using namespace disktwin;
using namespace disktwin::fs::ntfs;
using namespace disktwin::fs::ntfs::tiny;

namespace {

// A file in record 41 with clusters of its own, and `name` for it beside pagefile.sys.
void addSecond(PageFile& file, std::u16string_view name, const std::vector<Run>& runs) {
  const std::vector<Bytes> entries{indexEntry(name, 41 | kSequence),
                                   indexEntry(u"PageFile.sys", file.reference), indexEntry({}, 0)};
  file.put();
  file.volume.putRecord(kRootRecord,
                        {resident(AttributeType::IndexRoot, indexRoot(entries), u"$I30")});
  file.volume.putRecord(41, {file.information, fileName(name),
                             dataOf(runs, runs.back().end() * TinyVolume::kCluster)});
  for (const Run& run : runs) file.volume.mark(run.lcn, run.length);
}

}  // namespace

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
         f.more = {nonResident(AttributeType::Data, {{0, kMorePages + 4, 1}}, 1024, u"x")};
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
             {nonResident(AttributeType::Data, {{0, Run::kHole, kPages}, {kPages, kPages, 1}}, 1024,
                          u"$Bad")});
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
  CHECK(file.pages() == bothExtents());
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

TEST_CASE("A deleted file has no claim any more", "[ntfs]") {
  PageFile file;
  file.volume.putRecord(41, {dataOf({{0, kPages, 20}}, 0)}, 0);
  CHECK(file.pages() == bothExtents());
}

TEST_CASE("Two page files that share a cluster are both left alone, a third is not", "[ntfs]") {
  PageFile file;
  addSecond(file, u"hiberfil.sys", {{0, kMorePages + 4, 3}});
  CHECK(file.volume.open()->pageFiles().empty());
  PageFile apart;
  addSecond(apart, u"hiberfil.sys", {{0, TinyVolume::kFile, 1}});
  CHECK(apart.volume.open()->pageFiles() == bothExtents());
}

TEST_CASE("Several files are known beside each other", "[ntfs]") {
  PageFile file;
  addSecond(file, u"hiberfil.sys", {{0, 500, 3}});
  CHECK(file.volume.open()->pageFiles() == unite(bothExtents(), {TinyVolume::bytesOf(500, 3)}));
}
