#include <set>

#include "tests/fs/exfat/made_exfat.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

// That the map holds those clusters beside the metadata, and nothing else.
void requireExactly(const MadeExfat& made, const std::set<std::uint32_t>& clusters) {
  ExtentSet expected{{0, made.clusterAt(made.root + 1)}};
  for (const std::uint32_t cluster : clusters) expected.add(made.cluster(cluster));
  const auto fs = made.open();
  REQUIRE(fs);
  const fs::UsedMap map = fs->used();
  REQUIRE(map.whyWhole.empty());
  REQUIRE(map.extents == expected);
}

}  // namespace

TEST_CASE("an exFAT volume is recognised and named") {
  MadeExfat made;
  made.putByte(made.rootAt(64), 0x83);
  made.putByte(made.rootAt(65), 4);
  made.disk->put(made.rootAt(66), le16(0x00C4));  // Ä
  made.disk->put(made.rootAt(68), le16('b'));
  made.disk->put(made.rootAt(70), le16(0xD83D));  // a smiling face, in two halves
  made.disk->put(made.rootAt(72), le16(0xDE00));
  const auto fs = made.open();
  REQUIRE(fs);
  CHECK(fs->info().type == "exfat");
  CHECK(fs->info().uuid == "BEEF-0042");
  CHECK(fs->info().label == "Äb😀");
  CHECK(fs->info().blockSize == 128 * KiB);
  CHECK(fs->info().size == made.disk->size());
  CHECK(fs->info().state == fs::VolumeState::Clean);
  CHECK(fs->info().used == made.disk->size() - 997 * 128 * KiB);
  CHECK(fs->signatures() == ExtentSet{{0, 24 * 512}});
}

TEST_CASE("without its name a volume is no exFAT") {
  MadeExfat made;
  made.putText(3, "NTFS    ");
  CHECK_FALSE(made.open());
  CHECK_FALSE(fs::exfat::open(std::make_shared<SparseDisk>(511)));
}

TEST_CASE("an empty volume needs its metadata alone") {
  requireExactly(MadeExfat(), {});
  requireExactly(MadeExfat({.sectorShift = 12, .clusterShift = 5}), {});
}

TEST_CASE("each cluster with a bit is in the map, up to the last one") {
  const auto count = GENERATE(1000U, 1001U, 1023U, 1024U, 1025U, 5000U);
  MadeExfat made({.clusters = count});
  const std::set<std::uint32_t> clusters = {10,  63,  64,  65,  66,        129,
                                            130, 131, 500, 777, count - 1, count + 1};
  for (const std::uint32_t cluster : clusters) made.take(cluster);
  requireExactly(made, clusters);
}

TEST_CASE("bits behind the last cluster mean nothing") {
  MadeExfat made({.clusters = 1001});
  for (std::uint32_t beyond = 1003; beyond < 1010; ++beyond) made.take(beyond);
  requireExactly(made, {});
}

TEST_CASE("a bitmap in pieces is put together in the order of its chain") {
  // Clusters of 512 bytes: the bitmap needs three. They are spread, and not in ascending order.
  MadeExfat made({.clusterShift = 0, .clusters = 10000});
  REQUIRE(made.upCase == 5);
  made.setLink(2, 900);
  made.setLink(900, 700);
  made.setLink(700, MadeExfat::kEnd);
  for (const std::uint32_t own : {900U, 700U}) made.take(own);
  // The third 512 bytes of the bitmap are in cluster 700 and describe clusters from 8194 on.
  made.putByte(made.clusterAt(700) + 8, 0x10);
  const fs::UsedMap map = made.open()->used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(made.cluster(8194 + 8 * 8 + 4)));
  CHECK_FALSE(map.extents.intersects(made.cluster(9000)));
  CHECK_FALSE(map.extents.intersects(made.cluster(4098 + 8 * 8 + 4)));
}

TEST_CASE("a root directory of several clusters is copied and read") {
  MadeExfat made;
  made.setLink(made.root, 400);
  made.setLink(400, MadeExfat::kEnd);
  for (std::uint64_t at = 64; at < made.clusterBytes; at += 32) made.putByte(made.rootAt(at), 0x05);
  made.putByte(made.clusterAt(400), 0x83);
  made.putByte(made.clusterAt(400) + 1, 1);
  made.putByte(made.clusterAt(400) + 2, 'X');
  CHECK(made.open()->info().label == "X");
  requireExactly(made, {400});  // even though its bit is not set
}

TEST_CASE("dirty volumes are looked through by name") {
  MadeExfat made;
  made.setFlags(2);
  made.putFile(made.rootAt(64), 300, 2 * made.clusterBytes + 1, 3);  // in one piece: 300 to 302
  made.putFile(made.rootAt(128), 500, 3 * made.clusterBytes, 1);     // 500, 600, 550
  made.setLink(500, 600);
  made.setLink(600, 550);
  made.setLink(550, 560);                                           // longer than the file
  made.putFile(made.rootAt(192), 700, made.clusterBytes, 1, true);  // a folder
  made.setLink(700, MadeExfat::kEnd);
  made.putFile(made.clusterAt(700) + 64, 710, 1, 3, true);  // and one in it, in one piece
  made.putFile(made.clusterAt(710) + 4096, 720, 5, 3);      // behind the end of its entries
  CHECK(made.open()->info().state == fs::VolumeState::Dirty);
  requireExactly(made, {300, 301, 302, 500, 600, 550, 700, 710, 720});
  made.setFlags(0);
  requireExactly(made, {});
}

TEST_CASE("a dirty volume is copied by its bitmap as well") {
  MadeExfat made;
  made.setFlags(2);
  made.take(888);
  made.putFile(made.rootAt(64), 300, 1, 3);
  requireExactly(made, {300, 888});
}

TEST_CASE("entries of unknown kinds that name clusters are followed on a dirty volume") {
  MadeExfat made;
  made.setFlags(2);
  made.putFile(made.rootAt(64), 300, 1, 3);
  made.putStream(made.rootAt(128), 0xE1, 3, 310, made.clusterBytes);  // a vendor's, section 7.9
  made.putStream(made.rootAt(160), 0xA5, 0, 320, made.clusterBytes);  // a benign primary one
  made.disk->put(made.rootAt(164), le16(3));
  made.putStream(made.rootAt(192), 0xE1, 0, 330, made.clusterBytes);  // names none
  requireExactly(made, {300, 310, 320});
}

TEST_CASE("a file keeps its clusters though its flags deny that it has any") {
  MadeExfat made;
  made.setFlags(2);
  made.putFile(made.rootAt(64), 300, 1, 0);
  requireExactly(made, {300});
}

TEST_CASE("deleted entries are not followed") {
  MadeExfat made;
  made.setFlags(2);
  made.putFile(made.rootAt(64), 300, 1, 3);
  made.putByte(made.rootAt(64), 0x05);
  made.putByte(made.rootAt(96), 0x40);
  requireExactly(made, {});
}

TEST_CASE("clusters out of range are left out, those in range are kept") {
  MadeExfat made;
  made.setFlags(2);
  made.putFile(made.rootAt(64), 1000, 50 * made.clusterBytes, 3);  // passes the last, 1001
  made.putFile(made.rootAt(128), 5000, 1, 3);
  made.putFile(made.rootAt(192), 0, 1, 1);
  made.putFile(made.rootAt(256), 400, ~std::uint64_t{0}, 1);
  made.setLink(400, 0x7FFFFFFF);
  requireExactly(made, {400, 1000, 1001});
}

TEST_CASE("a medium with errors is dirty") {
  MadeExfat made;
  made.setFlags(4);
  CHECK(made.open()->info().state == fs::VolumeState::Dirty);
  requireExactly(made, {});
}

TEST_CASE("a damaged backup of the boot region is spoken of") {
  MadeExfat made;
  made.putByte(12 * 512 + 5, 1);
  CHECK(made.open()->info().notes.size() == 1);
  requireExactly(made, {});
}

TEST_CASE(
    "TexFAT volumes: what either bitmap calls used is copied, links come from the active table") {
  MadeExfat made({.tables = 2});
  for (std::uint32_t c = 2; c < 5; ++c) made.setLink(c, MadeExfat::kEnd, 1);
  made.setLink(made.root, 990, 1);  // the root directory goes on, by the active table
  made.setLink(990, MadeExfat::kEnd, 1);
  made.putByte(made.rootAt(64), 0x81);
  made.putStream(made.rootAt(64), 0x81, 1, 40, 125);
  made.setLink(40, MadeExfat::kEnd, 1);
  for (const std::uint32_t c : {2U, 3U, 4U, 40U}) made.take(c, true, 40);
  made.take(100);
  made.take(200, true, 40);
  made.setFlags(1);
  requireExactly(made, {40, 100, 200, 990});
  made.setFlags(3);
  CHECK_THAT(made.open()->used().whyWhole, ContainsSubstring("TexFAT"));
}
