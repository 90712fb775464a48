// MBR: primaries, the chain of logical partitions, and telling a table from a boot sector.
#include <algorithm>

#include "clone/table/layout.h"
#include "clone/table/mbr/format.h"
#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {

using test::count;
using test::diskOf;
using test::MemoryDisk;
using test::sampleMbr;
using test::told;

namespace {

constexpr std::uint64_t kSectors = 32768;  // 16 MiB of 512
constexpr std::uint64_t kMib = 2048;

mbr::RawEbr ebrAt(MemoryDisk& disk, std::uint64_t lba) {
  return structAt<mbr::RawEbr>(disk.bytes(), lba * 512);
}

}  // namespace

TEST_CASE("a healthy MBR is read as it was written, without findings") {
  for (const std::uint32_t sector : {512U, 4096U}) {
    const Layout layout = sampleMbr(16 * MiB / sector, sector);
    const Layout found = test::reread(layout);
    CHECK(told(found).empty());
    CHECK(found == layout);
  }
}

TEST_CASE("random MBRs with chains of any order survive writing and reading") {
  std::mt19937_64 random(11);
  std::size_t logicals = 0;
  std::size_t empties = 0;
  for (int i = 0; i < 100; ++i) {
    const Layout layout = test::randomMbr(random);
    const Layout found = test::reread(layout);
    INFO("round " << i << "\n" << told(found));
    REQUIRE(found == layout);
    REQUIRE(told(found).empty());
    REQUIRE(relocated(found, found.sectorCount) == found);
    logicals += found.partitions.size();
    empties += found.emptyEbrs.size();
  }
  CHECK(logicals > 1000);
  CHECK(empties > 100);
}

TEST_CASE("a record without a partition takes up no number") {
  Layout layout = sampleMbr(kSectors);
  MemoryDisk disk = diskOf(layout);
  mbr::RawEbr record = ebrAt(disk, 6 * kMib);
  record.entries[0] = {};
  disk.put(6 * kMib * 512, record);
  const Layout found = parse(disk);
  CHECK(told(found).empty());
  REQUIRE(found.find(6) != nullptr);
  CHECK(found.find(6)->firstLba == 9 * kMib);
  CHECK(found.find(7) == nullptr);
  REQUIRE(found.emptyEbrs.size() == 1);
  CHECK(found.emptyEbrs[0].lba == 6 * kMib);
  CHECK(diskOf(found).bytes() == disk.bytes());
}

TEST_CASE("an extended partition may be empty, with or without a record") {
  Layout layout = sampleMbr(kSectors, 512, 0);
  SECTION("without") {
    const Layout found = test::reread(layout);
    CHECK(found == layout);
    CHECK_THAT(told(found), ContainsSubstring("note: extended partition 2: has no boot record"));
  }
  SECTION("with") {
    layout.emptyEbrs.push_back({4 * kMib, {}, {}});
    const Layout found = test::reread(layout);
    CHECK(found == layout);
    CHECK(told(found).empty());
  }
}

TEST_CASE("garbage in the third and fourth entry of a record is kept and ignored") {
  Layout layout = sampleMbr(kSectors);
  layout.partitions[3].logical->others[0] = {0x12, {}, 0x42, {}, 0xFFFFFFF0, 0x1234};
  layout.partitions[3].logical->others[1] = {0x00, {}, 0x05, {}, 5, 0};
  const Layout found = test::reread(layout);
  CHECK(found == layout);
  CHECK(told(found).empty());
}

TEST_CASE("chains that cannot be are fatal, and end") {
  MemoryDisk disk = diskOf(sampleMbr(kSectors));
  const char* expected = "";
  mbr::RawEbr last = ebrAt(disk, 8 * kMib);
  last.entries[1] = {0, {}, 5, {}, 0, 100};
  SECTION("to its own start") {
    expected = "comes back to sector 8192";
  }
  SECTION("to itself") {
    last.entries[1].firstLba = 4 * kMib;
    expected = "comes back to sector 16384";
  }
  SECTION("out of the extended partition") {
    last.entries[1].firstLba = 11 * kMib;
    expected = "a link leads to sector 30720, outside of the partition's 8192 to 30719";
  }
  SECTION("far beyond the disk") {
    last.entries[1].firstLba = 0xFFFFFFFF;
    expected = "a link leads to sector 4294975487";
  }
  SECTION("to no record") {
    last.entries[1].firstLba = 10 * kMib;
    expected = "no boot record (55 AA) at sector 28672";
  }
  SECTION("two partitions in one record") {
    last.entries[1] = {0, {}, 0x83, {}, 3 * kMib, 100};
    expected = "announces 2 partitions, expected one";
  }
  SECTION("partition over its own record") {
    last.entries[0].firstLba = 0;
    last.entries[1] = {};
    expected = "overlap";
  }
  SECTION("partition out of the extended one") {
    last.entries[0].lbaCount = 11 * kMib;
    last.entries[1] = {};
    expected = "leave the extended partition 2";
  }
  SECTION("partition over the next one's record") {
    last = ebrAt(disk, 6 * kMib);
    last.entries[0].lbaCount = kMib + 1;
    disk.put(6 * kMib * 512, last);
    last = ebrAt(disk, 8 * kMib);
    expected =
        "the extended boot record at sector 16384: sectors 16384 to 16384 overlap partition 6";
  }
  disk.put(8 * kMib * 512, last);
  const Layout found = parse(disk);
  INFO(told(found));
  CHECK(found.kind == TableKind::Mbr);
  CHECK(found.isFatal());
  CHECK_THAT(told(found), ContainsSubstring(expected));
  CHECK(found.find(7) != nullptr);
}

TEST_CASE("a first record that is overwritten is fatal: logical partitions may be lost") {
  MemoryDisk disk = diskOf(sampleMbr(kSectors));
  disk.bytes()[4 * MiB + 510] = std::byte{1};
  CHECK_THAT(told(parse(disk)), ContainsSubstring("fatal: extended partition 2: no boot record"));
}

TEST_CASE("a chain without end is bounded") {
  const std::uint64_t sectors = 400000;
  Layout layout = sampleMbr(sectors, 512, 0);
  layout.partitions[1].lbaCount = sectors - 4 * kMib;
  layout.mbr.entries[1].lbaCount = static_cast<std::uint32_t>(sectors - 4 * kMib);
  const bool empty = GENERATE(true, false);
  MemoryDisk disk = diskOf(layout);
  for (std::uint32_t i = 0; i < 3000; ++i) {
    mbr::RawEbr record{{}, {}, mbr::kMagic};
    if (!empty) record.entries[0] = {0, {}, 0x83, {}, 1, 1};
    record.entries[1] = {0, {}, 0x05, {}, (i + 1) * 2, 2};
    disk.put((4 * kMib + i * 2) * 512, record);
  }
  const Layout found = parse(disk);
  CHECK(found.isFatal());
  CHECK(found.partitions.size() + found.emptyEbrs.size() < 300);
  if (!empty) CHECK(found.partitions.back().number == 255);
}

TEST_CASE("a second extended partition is ignored while empty and fatal when it is not") {
  Layout layout = sampleMbr(kSectors);
  Partition second = layout.partitions[1];
  second.number = 3;
  second.mbr.type = 0x85;
  second.firstLba = second.mbr.firstLba = 15 * kMib;
  second.lbaCount = second.mbr.lbaCount = kMib;
  layout.mbr.entries[2] = second.mbr;
  layout.partitions.insert(layout.partitions.begin() + 2, second);
  MemoryDisk disk = diskOf(layout);
  CHECK(parse(disk) == layout);
  CHECK_THAT(told(parse(disk)),
             ContainsSubstring("note: partition 3: a second extended partition"));
  mbr::RawEbr record{{}, {}, mbr::kMagic};
  record.entries[0] = {0, {}, 0x83, {}, 1, 1};
  disk.put(15 * MiB, record);
  CHECK_THAT(told(parse(disk)),
             ContainsSubstring("fatal: partition 3: a second extended partition"));
}

TEST_CASE("primaries that overlap or pass the disk's end are fatal") {
  Layout layout = sampleMbr(kSectors);
  SECTION("overlap") {
    layout.partitions[0].lbaCount = 3 * kMib + 1;
    CHECK_THAT(told(test::reread(layout)), ContainsSubstring("overlap partition 1"));
  }
  SECTION("end") {
    layout.partitions[0].firstLba = 15 * kMib;
    layout.partitions[0].lbaCount = kMib + 1;
    CHECK_THAT(told(test::reread(layout)),
               ContainsSubstring("fatal: partition 1: ends at sector 32768, but the disk has only "
                                 "32768"));
  }
}

TEST_CASE("an MBR in the other unit is believed only when the disk's own makes no sense") {
  SECTION("512 on a disk of 4096: the own unit leads beyond the end") {
    const Layout layout = sampleMbr(kSectors);
    const Layout found = parse(MemoryDisk(diskOf(layout).bytes(), 4096));
    CHECK(found == layout);
    CHECK_THAT(told(found), ContainsSubstring("counts in sectors of 512 bytes"));
  }
  SECTION("4096 on a disk of 512: the chain is not where the own unit leads") {
    const Layout layout = sampleMbr(kSectors / 8, 4096);
    const Layout found = parse(MemoryDisk(diskOf(layout).bytes(), 512));
    CHECK(found == layout);
    CHECK_THAT(told(found), ContainsSubstring("counts in sectors of 4096 bytes"));
  }
  SECTION("without a chain the own unit stays") {
    Layout layout = sampleMbr(kSectors, 512, 0);
    layout.partitions.pop_back();
    layout.mbr.entries[1] = {};
    CHECK(test::reread(layout) == layout);
  }
}

TEST_CASE("an MBR with an old GPT behind it is an MBR, with a note") {
  const Layout layout = sampleMbr(kSectors);
  MemoryDisk disk = diskOf(test::sampleGpt(kSectors));
  test::write(layout, disk);
  const Layout found = parse(disk);
  CHECK(found == layout);
  CHECK_THAT(told(found), ContainsSubstring("note: an old GPT header lies in sector 1"));
  CHECK(count(found, Severity::Fatal) == 0);
}

TEST_CASE("sector 0 with the end mark is not always a table") {
  MemoryDisk disk(kSectors * 512);
  mbr::RawMbr raw{{}, 0, 0, {}, mbr::kMagic};
  const auto kindOf = [&] {
    disk.put(0, raw);
    return parse(disk).kind;
  };
  SECTION("empty table") {
    CHECK(kindOf() == TableKind::Mbr);
  }
  SECTION("boot loader with a jump and zero parameters") {
    raw.bootCode[0] = std::byte{0xEB};
    raw.bootCode[1] = std::byte{0x63};
    raw.bootCode[2] = std::byte{0x90};
    CHECK(kindOf() == TableKind::Mbr);
  }
  SECTION("status that is neither 0x00 nor 0x80") {
    raw.entries[0] = {0, {}, 0x83, {}, kMib, kMib};
    raw.entries[3].status = 0x41;
    CHECK(kindOf() == TableKind::None);
    raw.entries[3].status = 0x80;
    CHECK(kindOf() == TableKind::Mbr);
  }
  SECTION("an entry over sector 0") {
    raw.entries[0] = {0x80, {}, 0x0C, {}, 0, kSectors};
    CHECK(kindOf() == TableKind::None);
  }
  SECTION("a loader that kept a volume's parameters, with real entries") {
    const std::string boot = "\xEB\x52\x90NTFS    ";
    std::memcpy(raw.bootCode.data(), boot.data(), boot.size());
    CHECK(kindOf() == TableKind::None);
    raw.entries[0] = {0, {}, 0x07, {}, kMib, kMib};
    CHECK(kindOf() == TableKind::Mbr);
  }
  SECTION("a protective entry without any GPT") {
    raw.entries[0] = {0, {}, 0xEE, {}, 1, kSectors - 1};
    CHECK(kindOf() == TableKind::Gpt);
    CHECK(parse(disk).isFatal());
  }
  SECTION("no end mark") {
    raw.entries[0] = {0, {}, 0x83, {}, kMib, kMib};
    raw.magic = 0;
    CHECK(kindOf() == TableKind::None);
  }
}

}  // namespace disktwin::table
