// Where the map must not be called complete.
#include "tests/fs/exfat/made_exfat.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

void requireWhole(const MadeExfat& made, const std::string& reason) {
  const auto fs = made.open();
  REQUIRE(fs);
  const fs::UsedMap map = fs->used();
  CHECK_THAT(map.whyWhole, ContainsSubstring(reason));
  CHECK(map.extents == ExtentSet{{0, made.disk->size()}});
}

}  // namespace

TEST_CASE("a damaged boot region is not trusted, and its backup spoken of") {
  MadeExfat made;
  made.putByte(200, 1);
  requireWhole(made, "backup is intact");
  made.putByte(12 * 512 + 200, 1);
  requireWhole(made, "and of the backup are wrong");
}

TEST_CASE("flags and percentage are no part of the checksum") {
  MadeExfat made;
  made.putByte(107, 0x80);
  made.putByte(112, 99);
  CHECK(made.open()->used().whyWhole.empty());
}

TEST_CASE("a boot sector that contradicts itself is not trusted") {
  MadeExfat made;
  const auto requireWholeFor = [&](const std::string& reason) {
    made.finishBoot();
    requireWhole(made, reason);
  };
  SECTION("sectors of 256 bytes") {
    made.putByte(108, 8);
    requireWhole(made, "not possible");
  }
  SECTION("clusters of 64 MiB") {
    made.putByte(109, 17);
    requireWhole(made, "not possible");
  }
  SECTION("no 55 AA") {
    made.putByte(510, 0);
    requireWholeFor("55 AA");
  }
  SECTION("something where zeroes should be") {
    made.putByte(40, 1);
    requireWholeFor("zeroes");
  }
  SECTION("another revision") {
    made.disk->put(104, le16(0x0200));
    requireWholeFor("revision 2.0");
  }
  SECTION("longer than the volume") {
    made.disk->put(72, le64((made.disk->size() >> 9) + 1));
    requireWholeFor("the volume has");
  }
  SECTION("no tables") {
    made.putByte(110, 0);
    requireWholeFor("0 file allocation tables");
  }
  SECTION("an active table that is not there") {
    made.setFlags(1);
    requireWholeFor("does not exist");
  }
  SECTION("a table within the boot region") {
    made.disk->put(80, le32(23));
    requireWholeFor("overlaps");
  }
  SECTION("clusters within the table") {
    made.disk->put(88, le32(128));
    requireWholeFor("within the file allocation table");
  }
  SECTION("no clusters") {
    made.disk->put(92, le32(0));
    requireWholeFor("0 clusters");
  }
  SECTION("more clusters than the table describes") {
    made.disk->put(84, le32(7));
    requireWholeFor("clusters need");
  }
  SECTION("more clusters than there is room for") {
    made.disk->put(92, le32(1001));
    requireWholeFor("pass the end");
  }
  SECTION("a root directory out of range") {
    made.disk->put(96, le32(1002));
    requireWholeFor("root directory begins");
  }
}

TEST_CASE("a truncated volume is copied whole") {
  MadeExfat made;
  made.disk->cutTo(made.disk->size() - 1);
  requireWhole(made, "the volume has");
}

TEST_CASE("a root directory that contradicts itself is not trusted") {
  MadeExfat made;
  SECTION("chained in a circle") {
    made.setLink(made.root, made.root);
    requireWhole(made, "chain of its root directory");
  }
  SECTION("chained to nowhere") {
    made.setLink(made.root, 0);
    requireWhole(made, "chain of its root directory");
  }
  SECTION("with an entry that would keep a driver from mounting it") {
    made.putByte(made.rootAt(64), 0x84);
    requireWhole(made, "unknown type 0x84");
  }
  SECTION("without a bitmap") {
    made.putByte(made.rootAt(), 0x05);
    requireWhole(made, "0 allocation bitmaps");
  }
  SECTION("with two bitmaps") {
    made.putStream(made.rootAt(64), 0x81, 1, 2, 125);
    requireWhole(made, "2 allocation bitmaps");
  }
  SECTION("without an up-case table") {
    made.putByte(made.rootAt(32), 0x05);
    requireWhole(made, "up-case table");
  }
  SECTION("with an up-case table that is too long") {
    made.putStream(made.rootAt(32), 0x82, 0, made.upCase, 200000);
    requireWhole(made, "up-case table has 200000 bytes");
  }
  SECTION("with an up-case table out of range") {
    made.putStream(made.rootAt(32), 0x82, 0, 1, 5836);
    requireWhole(made, "chain of its up-case table");
  }
}

TEST_CASE("a bitmap that contradicts itself is not trusted") {
  MadeExfat made({.clusterShift = 0, .clusters = 10000});
  SECTION("too short") {
    made.putStream(made.rootAt(), 0x81, 0, 2, 1249);
    requireWhole(made, "has 1249 bytes, 10000 clusters need 1250");
  }
  SECTION("chained to nowhere") {
    made.setLink(3, 0);
    requireWhole(made, "chain of its allocation bitmap");
  }
  SECTION("ended early") {
    made.setLink(3, MadeExfat::kEnd);
    requireWhole(made, "chain of its allocation bitmap");
  }
  SECTION("calling itself free") {
    made.take(2, false);
    requireWhole(made, "calls cluster 2 free");
  }
  SECTION("calling the root directory free") {
    made.take(made.root, false);
    requireWhole(made, "free, which is in use");
  }
  SECTION("calling the up-case table free") {
    made.take(made.upCase, false);
    requireWhole(made, "free, which is in use");
  }
}

TEST_CASE("directories that lead back are given up") {
  MadeExfat made;
  made.setFlags(2);
  made.putFile(made.rootAt(64), 300, 1, 3, true);
  SECTION("to the root") {
    made.putFile(made.clusterAt(300), made.root, 1, 3, true);
  }
  SECTION("to itself") {
    made.putFile(made.clusterAt(300), 300, 1, 3, true);
  }
  requireWhole(made, "found in two places");
}

TEST_CASE("a directory larger than possible is given up") {
  MadeExfat made;
  made.setFlags(2);
  made.putFile(made.rootAt(64), 300, 257 * MiB, 3, true);
  requireWhole(made, "directory of");
}

TEST_CASE("files that share long chains are given up") {
  MadeExfat made;
  made.setFlags(2);
  for (std::uint32_t c = 300; c < 600; ++c) made.setLink(c, c + 1);
  for (unsigned i = 0; i < 4; ++i) {
    made.putFile(made.rootAt(64 + i * 64), 300, 300 * made.clusterBytes, 1);
  }
  requireWhole(made, "overlap");
}

TEST_CASE("a bitmap chained in a circle is not trusted") {
  MadeExfat made({.clusterShift = 0, .clusters = 10000});
  made.setLink(2, 2);
  requireWhole(made, "chain of its allocation bitmap");
}
