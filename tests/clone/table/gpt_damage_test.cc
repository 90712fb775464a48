// GPT: damage of every kind, and how far it can be made good.
#include <algorithm>

#include "clone/table/gpt/crc32.h"
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

constexpr std::uint64_t kSectors = 10240;

// The repaired table is the healthy one, and a disk that gets it is healthy again.
void checkMadeGood(const Layout& found, const Layout& healthy) {
  CHECK(count(found, Severity::Repaired) >= 1);
  CHECK_FALSE(found.isFatal());
  REQUIRE(found == healthy);
  CHECK(told(test::reread(found)).empty());
}

void clobber(MemoryDisk& disk, std::uint64_t lba, std::uint64_t sectors = 1) {
  std::fill_n(disk.bytes().begin() + static_cast<std::ptrdiff_t>(lba * 512), sectors * 512,
              std::byte{0xA5});
}

}  // namespace

TEST_CASE("every single byte of either header may be damaged: the other copy has it") {
  const Layout layout = sampleGpt(kSectors);
  MemoryDisk disk = diskOf(layout);
  for (const std::uint64_t lba : {std::uint64_t{1}, kSectors - 1}) {
    for (std::size_t i = 0; i < 92; ++i) {
      INFO("byte " << i << " of the header at " << lba);
      std::byte& byte = disk.bytes()[lba * 512 + i];
      byte ^= std::byte{0x40};
      const Layout found = parse(disk);
      byte ^= std::byte{0x40};
      REQUIRE(count(found, Severity::Repaired) == 1);
      REQUIRE(count(found, Severity::Fatal) == 0);
      REQUIRE(found == layout);
    }
  }
}

TEST_CASE("damaged entries are taken from the other copy") {
  const Layout layout = sampleGpt(kSectors);
  for (const std::uint64_t lba : {std::uint64_t{2}, std::uint64_t{33}, kSectors - 33}) {
    MemoryDisk disk = diskOf(layout);
    disk.bytes()[lba * 512 + 40] ^= std::byte{1};
    checkMadeGood(parse(disk), layout);
  }
}

TEST_CASE("what was repaired is said with the numbers found and expected") {
  MemoryDisk disk = diskOf(sampleGpt(kSectors));
  disk.bytes()[512 + 16] ^= std::byte{1};
  CHECK_THAT(told(parse(disk)), ContainsSubstring("repaired: primary GPT header: CRC 0x"));
  CHECK_THAT(told(parse(disk)), ContainsSubstring(", expected 0x"));
  disk = diskOf(sampleGpt(kSectors));
  disk.bytes()[(kSectors - 1) * 512] = std::byte{0};
  CHECK_THAT(told(parse(disk)),
             ContainsSubstring("repaired: backup GPT header: no signature, expected \"EFI PART\""));
}

TEST_CASE("a header that lies in another place than it says is not that copy") {
  const Layout layout = sampleGpt(kSectors);
  for (const std::uint64_t lba : {std::uint64_t{1}, kSectors - 1}) {
    MemoryDisk disk = diskOf(layout);
    auto header = structAt<gpt::RawHeader>(disk.bytes(), lba * 512);
    header.myLba = 77;
    disk.put(lba * 512, header);
    test::resealHeader(disk, lba);
    const Layout found = parse(disk);
    CHECK_THAT(told(found), ContainsSubstring("names sector 77 as its own place, found at"));
    checkMadeGood(found, layout);
  }
}

TEST_CASE("a header of one copy and the entries of the other make a table") {
  const Layout layout = sampleGpt(kSectors);
  MemoryDisk disk = diskOf(layout);
  SECTION("primary header, backup entries") {
    clobber(disk, 2, 32);
    clobber(disk, kSectors - 1);
  }
  SECTION("backup header, primary entries") {
    clobber(disk, 1);
    clobber(disk, kSectors - 33, 32);
  }
  checkMadeGood(parse(disk), layout);
}

TEST_CASE("the primary entries may lie elsewhere: a damaged header still leads to them") {
  Layout layout = sampleGpt(kSectors);
  layout.gpt.entriesLba = 1000;
  layout.gpt.firstUsableLba = 1032;
  MemoryDisk disk = diskOf(layout);
  disk.bytes()[512 + 16] ^= std::byte{1};
  checkMadeGood(parse(disk), layout);
}

TEST_CASE("with both copies damaged nothing is cloned") {
  MemoryDisk disk = diskOf(sampleGpt(kSectors));
  SECTION("headers") {
    clobber(disk, 1);
    clobber(disk, kSectors - 1);
  }
  SECTION("entries") {
    disk.bytes()[1024 + 20] ^= std::byte{1};
    disk.bytes()[(kSectors - 33) * 512 + 20] ^= std::byte{1};
    // What is left to look at is listed.
    CHECK(parse(disk).partitions.size() == 3);
  }
  const Layout found = parse(disk);
  CHECK(found.kind == TableKind::Gpt);
  CHECK(found.isFatal());
  CHECK_THAT(told(found), ContainsSubstring("fatal: GPT: both copies damaged"));
  CHECK_FALSE(tableExtents(found).empty());
}

TEST_CASE("an unreadable sector in one copy costs nothing, in sector 0 it ends the reading") {
  const Layout layout = sampleGpt(kSectors);
  for (const std::uint64_t lba : {std::uint64_t{1}, std::uint64_t{2}, kSectors - 1, kSectors - 9}) {
    test::SparseDisk disk(kSectors * 512);
    test::write(layout, disk);
    disk.breakAt(lba * 512);
    INFO("sector " << lba);
    checkMadeGood(parse(disk), layout);
  }
  test::SparseDisk disk(kSectors * 512);
  disk.breakAt(3);
  CHECK_THROWS_WITH(parse(disk), ContainsSubstring("bad sector"));
}

TEST_CASE("a disk that was cut behind its last partition is fitted to its new end") {
  const Layout layout = sampleGpt(kSectors);
  for (const std::uint64_t left : {8300UL, 9000UL, kSectors - 40, kSectors - 33, kSectors - 1}) {
    MemoryDisk disk = diskOf(layout);
    disk.bytes().resize(left * 512);
    const Layout found = parse(disk);
    INFO(left << "\n" << told(found));
    CHECK_FALSE(found.isFatal());
    CHECK(count(found, Severity::Repaired) == 2);
    CHECK(found.gpt.lastUsableLba == left - 34);
    CHECK(found.partitions == layout.partitions);
    CHECK(test::reread(found) == found);
    CHECK(told(test::reread(relocated(found, left))).empty());
  }
}

TEST_CASE("a disk that was cut inside a partition cannot be cloned by its table") {
  MemoryDisk disk = diskOf(sampleGpt(kSectors));
  disk.bytes().resize(8191 * 512);
  const Layout found = parse(disk);
  CHECK(found.isFatal());
  CHECK_THAT(told(found),
             ContainsSubstring("partition 3 (part3): ends at sector 8191, but the disk "
                               "has only 8191; was the disk cut short?"));
}

TEST_CASE("entries that contradict each other or the disk are fatal") {
  Layout layout = sampleGpt(kSectors);
  const char* expected = "";
  SECTION("overlap") {
    layout.partitions[1].firstLba -= 1;
    expected = "partition 2 (part2): sectors 4095 to 6142 overlap partition 1 (part1)";
  }
  SECTION("same place") {
    layout.partitions[2].firstLba = layout.partitions[0].firstLba;
    expected = "overlap partition 1 (part1)";
  }
  SECTION("one inside another, with a third between their starts") {
    layout.partitions[0].lbaCount = 6000;
    expected = "partition 3 (part3): sectors 6144 to 8191 overlap partition 1 (part1)";
  }
  SECTION("before the usable range") {
    layout.partitions[0].firstLba = 33;
    expected = "usable are only 34 to 10206";
  }
  SECTION("behind the usable range") {
    layout.partitions[2].lbaCount = 10207 - layout.partitions[2].firstLba + 1;
    expected = "usable are only 34 to 10206";
  }
  SECTION("beyond the end") {
    layout.partitions[2].lbaCount = 100000;
    expected = "but the disk has only 10240";
  }
  SECTION("last before first") {
    layout.partitions[2].lbaCount = 0;
    expected = "ends before its first sector";
  }
  SECTION("the table's own entries") {
    layout.gpt.firstUsableLba = 20;
    layout.partitions[0].firstLba = 20;
    expected = "overlap the primary GPT entries";
  }
  const Layout found = test::reread(layout);
  CHECK(found.isFatal());
  CHECK_THAT(told(found), ContainsSubstring(expected));
  CHECK(found.partitions.size() == 3);
}

TEST_CASE("every header field may be anything under a right CRC: nothing breaks") {
  const std::vector<std::pair<std::size_t, std::size_t>> fields = {
      {0, 8},  {8, 4},   {12, 4}, {20, 4}, {24, 8}, {32, 8}, {40, 8},
      {48, 8}, {56, 16}, {72, 8}, {80, 4}, {84, 4}, {88, 4}};
  const Layout layout = sampleGpt(kSectors);
  const MemoryDisk healthy = diskOf(layout);
  for (const bool both : {false, true}) {
    for (const auto& [at, length] : fields) {
      for (const int value : {0x00, 0xFF, 0x7F, 0x01, 0x80}) {
        MemoryDisk disk = healthy;
        for (const std::uint64_t lba : {std::uint64_t{1}, kSectors - 1}) {
          if (lba != 1 && !both) continue;
          std::fill_n(disk.bytes().begin() + static_cast<std::ptrdiff_t>(lba * 512 + at), length,
                      static_cast<std::byte>(value));
          test::resealHeader(disk, lba);
        }
        const Layout found = parse(disk);
        INFO("field at " << at << " = " << value << "\n" << told(found));
        REQUIRE(found.kind == TableKind::Gpt);
        tableExtents(found);
        if (found.isFatal()) continue;
        REQUIRE(sectorsNeeded(found) <= kSectors);
        REQUIRE(test::reread(found) == found);
      }
    }
  }
}

TEST_CASE("every entry field may be anything under a right CRC: nothing breaks") {
  for (const std::size_t at : {0U, 16U, 32U, 40U, 48U, 56U}) {
    for (const int value : {0x00, 0xFF, 0x7F, 0x01, 0x80}) {
      MemoryDisk disk = diskOf(sampleGpt(kSectors));
      // Spoil the backup, so that only the changed primary is left.
      clobber(disk, kSectors - 33, 33);
      std::fill_n(disk.bytes().begin() + static_cast<std::ptrdiff_t>(1024 + at), 8,
                  static_cast<std::byte>(value));
      auto header = structAt<gpt::RawHeader>(disk.bytes(), 512);
      header.entriesCrc = gpt::crc32(std::span(disk.bytes()).subspan(1024, 128 * 128));
      disk.put(512, header);
      test::resealHeader(disk, 1);
      const Layout found = parse(disk);
      INFO("field at " << at << " = " << value << "\n" << told(found));
      REQUIRE(found.kind == TableKind::Gpt);
      for (const Partition& partition : found.partitions) found.bytesOf(partition);
      if (!found.isFatal()) REQUIRE(test::reread(found) == found);
    }
  }
}

TEST_CASE("a table of thousands of contradictions gives a short list") {
  Layout layout = sampleGpt(20000, 512, 0);
  layout.gpt.entryCount = 32768;
  layout.gpt.firstUsableLba = 2 + 8192;
  layout.gpt.backupEntriesLba = layout.gpt.backupLba - 8192;
  layout.gpt.lastUsableLba = layout.gpt.backupEntriesLba - 1;
  for (std::uint32_t i = 1; i <= layout.gpt.entryCount; ++i) {
    Partition partition = sampleGpt(20000).partitions[0];
    partition.number = i;
    partition.firstLba = layout.gpt.firstUsableLba;
    partition.lbaCount = 10;
    layout.partitions.push_back(partition);
  }
  const Layout found = test::reread(layout);
  CHECK(found.isFatal());
  CHECK(found.partitions.size() == 32768);
  CHECK(found.findings.size() <= 100);
}

}  // namespace disktwin::table
