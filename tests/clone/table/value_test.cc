// Guid, names, and what a Layout says about itself.
#include <limits>

#include "clone/table/gpt/crc32.h"
#include "clone/table/layout.h"
#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {

TEST_CASE("a GUID reads and writes the mixed byte order of UEFI") {
  const auto guid = Guid::parse("c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
  REQUIRE(guid);
  const std::array<std::uint8_t, 16> bytes = {0x28, 0x73, 0x2A, 0xC1, 0x1F, 0xF8, 0xD2, 0x11,
                                              0xBA, 0x4B, 0x00, 0xA0, 0xC9, 0x3E, 0xC9, 0x3B};
  CHECK(guid->bytes == bytes);
  CHECK(guid->toString() == "C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
  CHECK_FALSE(guid->isZero());
  CHECK(Guid{}.isZero());
}

TEST_CASE("text that is not a GUID is none") {
  for (const char* text :
       {"", "C12A7328", "C12A7328-F81F-11D2-BA4B-00A0C93EC93",
        "C12A7328-F81F-11D2-BA4B-00A0C93EC93B0", "C12A7328-F81F-11D2-BA4B-00A0C93EC93G",
        "C12A7328+F81F-11D2-BA4B-00A0C93EC93B", "C12A732-8F81F-11D2-BA4B-00A0C93EC93B",
        "{12A7328-F81F-11D2-BA4B-00A0C93EC93}"}) {
    INFO(text);
    CHECK_FALSE(Guid::parse(text));
  }
}

TEST_CASE("CRC-32 gives the value that its specification lists for 123456789") {
  const std::string digits = "123456789";
  CHECK(gpt::crc32(std::as_bytes(std::span(digits))) == 0xCBF43926);
}

TEST_CASE("a GPT name becomes UTF-8 up to its first zero, whatever the units are") {
  Partition partition;
  CHECK(partition.name().empty());
  partition.nameUnits = {u'E', u'F', 0xFC, 0x20AC, 0xD83D, 0xDE00, 0xD800, u'x', 0, u'y'};
  CHECK(partition.name() == "EF\u00FC\u20AC\U0001F600\uFFFDx");
  partition.nameUnits.fill(0xDC00);
  partition.nameUnits[35] = 0xD83D;
  CHECK(partition.name().size() == 36 * 3);
}

TEST_CASE("the bytes of a partition never wrap around") {
  Layout layout;
  layout.sectorSize = 4096;
  Partition partition;
  partition.firstLba = 3;
  partition.lbaCount = 2;
  CHECK(layout.bytesOf(partition) == Extent{12288, 8192});
  partition.firstLba = std::numeric_limits<std::uint64_t>::max() - 5;
  partition.lbaCount = 5;
  const Extent extent = layout.bytesOf(partition);
  CHECK(extent.end() >= extent.offset);
}

TEST_CASE("findings are no part of a layout's value") {
  Layout a = test::sampleGpt(8192);
  Layout b = a;
  b.findings.push_back({Severity::Note, "something"});
  CHECK(a == b);
  b.partitions[1].attributes = 1;
  CHECK_FALSE(a == b);
  CHECK(kindName(a.kind) == std::string("gpt"));
}

TEST_CASE("a layout that contradicts itself is neither written nor moved") {
  Layout layout = test::sampleGpt(8192);
  layout.findings.push_back({Severity::Fatal, "overlap"});
  CHECK_THROWS_WITH(encode(layout), ContainsSubstring("contradicts itself"));
  CHECK_THROWS_WITH(relocated(layout, 9000), ContainsSubstring("contradicts itself"));
}

}  // namespace disktwin::table
