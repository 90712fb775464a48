// GPT: what a healthy one is, and what is worth a note.
#include "clone/table/gpt/gpt.h"
#include "clone/table/gpt/format.h"
#include "clone/table/layout.h"
#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {

using test::count;
using test::diskOf;
using test::MemoryDisk;
using test::sampleGpt;
using test::told;

namespace {

constexpr std::uint64_t kSectors = 10240;  // 5 MiB of 512

}  // namespace

TEST_CASE("a healthy GPT is read as it was written, without findings") {
  for (const std::uint32_t sector : {512U, 4096U}) {
    const Layout layout = sampleGpt(kSectors, sector);
    const Layout found = test::reread(layout);
    CHECK(told(found).empty());
    CHECK(found == layout);
  }
}

TEST_CASE("random GPTs survive writing and reading") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 150; ++i) {
    const Layout layout = test::randomGpt(random);
    const Layout found = test::reread(layout);
    INFO("round " << i << "\n" << told(found));
    REQUIRE(found == layout);
    REQUIRE(count(found, Severity::Fatal) == 0);
    REQUIRE(count(found, Severity::Repaired) == 0);
    REQUIRE(relocated(found, found.sectorCount) == found);
  }
}

TEST_CASE("a GPT in the other unit than the disk's is found and said") {
  for (const auto& [table, device] : {std::pair{512U, 4096U}, std::pair{4096U, 512U}}) {
    const Layout layout = sampleGpt(kSectors * 2, table);
    MemoryDisk disk(diskOf(layout).bytes(), device);
    const Layout found = parse(disk);
    CHECK(found == layout);
    CHECK_THAT(told(found), ContainsSubstring("note: partition table: counts in sectors of"));
  }
}

TEST_CASE("the other unit is found by the backup alone as well") {
  const Layout layout = sampleGpt(kSectors, 4096);
  MemoryDisk disk(diskOf(layout).bytes(), 512);
  disk.bytes()[4096 + 20] = std::byte{1};
  const Layout found = parse(disk);
  CHECK(found == layout);
  CHECK(count(found, Severity::Repaired) == 1);
}

TEST_CASE("a GPT of a disk beyond 2 TiB has the capped protective entry") {
  const std::uint64_t sectors = 16 * TiB / 512;
  const Layout layout = sampleGpt(sectors);
  CHECK(layout.mbr.entries[0].lbaCount == 0xFFFFFFFF);
  test::SparseDisk disk(sectors * 512);
  test::write(layout, disk);
  const Layout found = parse(disk);
  CHECK(found == layout);
  CHECK(told(found).empty());
}

TEST_CASE("a backup that is not at the disk's end is used where it lies, with a note") {
  const Layout layout = sampleGpt(kSectors);
  MemoryDisk disk = diskOf(layout);
  disk.bytes().resize(kSectors * 1024);
  const Layout found = parse(disk);
  CHECK_THAT(told(found), ContainsSubstring("note: backup GPT: lies at sector 10239, not at the "
                                            "disk's end (20479)"));
  CHECK(count(found, Severity::Repaired) == 0);
  CHECK(found.gpt == layout.gpt);
  CHECK(found.partitions == layout.partitions);

  SECTION("also when the primary is damaged but still names it") {
    disk.bytes()[512 + 60] ^= std::byte{1};
    const Layout repaired = parse(disk);
    CHECK(count(repaired, Severity::Repaired) == 1);
    CHECK(repaired == found);
  }
  SECTION("moving it to the end of the same disk makes it healthy") {
    const Layout moved = relocated(found, found.sectorCount);
    CHECK(moved.gpt.backupLba == 20479);
    CHECK(moved.gpt.lastUsableLba == 20479 - 33);
    CHECK(told(test::reread(moved)).empty());
  }
}

TEST_CASE("a backup at the disk's end is found though the primary names another place") {
  const Layout layout = sampleGpt(kSectors);
  MemoryDisk disk = diskOf(layout);
  auto header = structAt<gpt::RawHeader>(disk.bytes(), 512);
  header.alternateLba = kSectors - 100;
  disk.put(512, header);
  test::resealHeader(disk, 1);
  const Layout found = parse(disk);
  CHECK_THAT(told(found), ContainsSubstring("repaired: primary GPT header: names sector 10140"));
  CHECK(found == layout);
}

TEST_CASE("of two valid copies that differ the primary wins, with a note") {
  const Layout layout = sampleGpt(kSectors);
  Layout older = layout;
  older.partitions.pop_back();
  older.gpt.diskId.bytes[3] ^= 1;
  MemoryDisk disk = diskOf(layout);
  const auto blocks = encode(older);
  disk.put(blocks[0].offset, blocks[0].bytes);
  disk.put(blocks[1].offset, blocks[1].bytes);
  const Layout found = parse(disk);
  CHECK(found == layout);
  CHECK_THAT(told(found), ContainsSubstring("differs from the primary in the disk's GUID, the "
                                            "partitions; the primary is used"));
}

TEST_CASE("a valid GPT behind a blank sector 0 is one, and gets its protective MBR again") {
  const Layout layout = sampleGpt(kSectors);
  MemoryDisk disk = diskOf(layout);
  std::fill_n(disk.bytes().begin(), 512, std::byte{0});
  SECTION("all zero") {}
  SECTION("with the end mark") {
    disk.bytes()[510] = std::byte{0x55};
    disk.bytes()[511] = std::byte{0xAA};
  }
  const Layout found = parse(disk);
  CHECK_THAT(told(found), ContainsSubstring("repaired: protective MBR: is missing"));
  CHECK(found == layout);
}

TEST_CASE("a protective MBR without its end mark, or with a wrong start, is put right") {
  const Layout layout = sampleGpt(kSectors);
  MemoryDisk disk = diskOf(layout);
  SECTION("end mark") {
    disk.bytes()[510] = std::byte{0};
  }
  SECTION("start") {
    disk.bytes()[446 + 8] = std::byte{7};
  }
  const Layout found = parse(disk);
  CHECK(count(found, Severity::Repaired) == 1);
  CHECK(found == layout);
}

TEST_CASE("a GPT behind a filesystem's boot sector or foreign bytes is a leftover") {
  MemoryDisk disk = diskOf(sampleGpt(kSectors));
  std::fill_n(disk.bytes().begin(), 512, std::byte{0});
  SECTION("NTFS") {
    const std::string boot = "\xEB\x52\x90NTFS    ";
    std::memcpy(disk.bytes().data(), boot.data(), boot.size());
    disk.bytes()[510] = std::byte{0x55};
    disk.bytes()[511] = std::byte{0xAA};
  }
  SECTION("XFS") {
    std::memcpy(disk.bytes().data(), "XFSB", 4);
  }
  const Layout found = parse(disk);
  CHECK(found.kind == TableKind::None);
  CHECK_THAT(told(found), ContainsSubstring("note: an old GPT header lies in sector 1"));
  CHECK_THAT(told(found), ContainsSubstring("note: an old backup GPT lies at sector 10239"));
  CHECK(encode(found).empty());
}

TEST_CASE("a backup GPT alone on an otherwise blank disk is a leftover") {
  MemoryDisk disk = diskOf(sampleGpt(kSectors));
  std::fill_n(disk.bytes().begin(), 64 * KiB, std::byte{0});
  const Layout found = parse(disk);
  CHECK(found.kind == TableKind::None);
  CHECK(count(found, Severity::Note) == 1);
}

TEST_CASE("a hybrid MBR is kept as it is, and said") {
  Layout layout = sampleGpt(kSectors);
  layout.mbr.entries[0].lbaCount = 2047;
  layout.mbr.entries[1].type = 0x0C;
  layout.mbr.entries[1].status = 0x80;
  layout.mbr.entries[1].firstLba = 2048;
  layout.mbr.entries[1].lbaCount = 2048;
  const Layout found = test::reread(layout);
  CHECK(found == layout);
  CHECK(found.isHybrid());
  CHECK(count(found, Severity::Note) == 1);
  CHECK_THAT(told(found), ContainsSubstring("hybrid MBR"));
  CHECK(relocated(found, kSectors * 2).mbr == layout.mbr);
  layout.mbr.entries[1].lbaCount = 17;
  CHECK_THAT(told(test::reread(layout)), ContainsSubstring("is no partition of the GPT"));
}

TEST_CASE("sector 0 of 4096 bytes is kept to its end") {
  Layout layout = sampleGpt(kSectors, 4096);
  layout.mbr.tail.assign(3584, std::byte{0});
  layout.mbr.tail[3000] = std::byte{9};
  CHECK(test::reread(layout) == layout);
}

TEST_CASE("two partitions with one GUID are worth a note") {
  Layout layout = sampleGpt(kSectors);
  layout.partitions[2].id = layout.partitions[0].id;
  CHECK_THAT(told(test::reread(layout)),
             ContainsSubstring("note: partition 3 (part3): has the same GUID as partition 1"));
}

TEST_CASE("what encode() writes comes in the order that makes the disk recognisable last") {
  const auto blocks = encode(sampleGpt(kSectors));
  REQUIRE(blocks.size() == 5);
  const std::vector<std::uint64_t> order = {blocks[0].offset / 512, blocks[1].offset / 512,
                                            blocks[2].offset / 512, blocks[3].offset / 512,
                                            blocks[4].offset / 512};
  CHECK(order == std::vector<std::uint64_t>{kSectors - 33, kSectors - 1, 2, 1, 0});
}

}  // namespace disktwin::table
