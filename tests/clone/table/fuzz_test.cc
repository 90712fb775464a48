// Any bytes whatsoever: parse() returns, and what it does not call fatal can be written again.
#include <algorithm>

#include "clone/table/gpt/crc32.h"
#include "clone/table/gpt/format.h"
#include "clone/table/layout.h"
#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {

using test::diskOf;
using test::MemoryDisk;
using test::told;

namespace {

void checkSurvives(const BlockReader& disk) {
  const Layout found = parse(disk);
  tableExtents(found);
  for (const Partition& partition : found.partitions) {
    partition.name();
    found.bytesOf(partition);
  }
  if (found.isFatal()) return;
  INFO(told(found));
  test::SparseDisk copy(disk.size(), found.sectorSize);
  test::write(found, copy);
  const Layout again = parse(copy);
  INFO(told(again));
  if (found.kind == TableKind::None) return;
  // A note about the unit depends on the reader; what was repaired must not need it again.
  REQUIRE(again == found);
  REQUIRE(test::count(again, Severity::Repaired) == 0);
  REQUIRE(sectorsNeeded(found) <= found.sectorCount);
}

void seal(MemoryDisk& disk, std::uint64_t lba, std::uint32_t unit) {
  const auto header = structAt<gpt::RawHeader>(disk.bytes(), lba * unit);
  const std::uint64_t bytes = gpt::entryBytes(header.entryCount, header.entrySize);
  if (header.entriesLba < disk.size() / unit &&
      extentFits(header.entriesLba * unit, bytes, disk.size())) {
    auto fixed = header;
    fixed.entriesCrc = gpt::crc32(std::span(disk.bytes()).subspan(header.entriesLba * unit, bytes));
    disk.put(lba * unit, fixed);
  }
  test::resealHeader(disk, lba, unit);
}

}  // namespace

TEST_CASE("random bytes, of every small size") {
  std::mt19937_64 random(1);
  for (std::size_t size = 0; size < 6000; size += 1 + size / 20) {
    for (const std::uint32_t unit : {512U, 4096U}) {
      MemoryDisk disk(size, unit);
      for (auto& byte : disk.bytes()) byte = static_cast<std::byte>(random());
      if (size >= 512) {
        disk.bytes()[510] = std::byte{0x55};
        disk.bytes()[511] = std::byte{0xAA};
        for (std::size_t i = 0; i < 4; ++i) disk.bytes()[446 + 16 * i] = std::byte{0};
      }
      checkSurvives(disk);
    }
  }
}

TEST_CASE("a disk cut at any of its sectors") {
  const Layout gpt = test::sampleGpt(2500, 512, 0);
  const MemoryDisk whole = diskOf(gpt);
  const MemoryDisk chain = diskOf(test::sampleMbr(32768));
  for (std::size_t sectors = 0; sectors < 2500;
       sectors += sectors < 80 || sectors > 2400 ? 1 : 97) {
    MemoryDisk disk = whole;
    disk.bytes().resize(sectors * 512);
    checkSurvives(disk);
  }
  for (std::size_t sectors = 0; sectors < 32768; sectors += sectors < 80 ? 1 : 511) {
    MemoryDisk disk = chain;
    disk.bytes().resize(sectors * 512);
    checkSurvives(disk);
  }
}

TEST_CASE("GPTs with random bytes in their headers and entries, and right CRCs") {
  std::mt19937_64 random(2);
  const MemoryDisk healthy = diskOf(test::sampleGpt(9000));
  std::size_t readable = 0;
  for (int i = 0; i < 2000; ++i) {
    MemoryDisk disk = healthy;
    const std::uint64_t changes = 1 + random() % 4;
    for (std::uint64_t n = 0; n < changes; ++n) {
      const std::size_t places[] = {random() % 512, 512 + random() % 92, 1024 + random() % 512,
                                    8999 * 512 + random() % 92, (9000 - 33) * 512 + random() % 512};
      disk.bytes()[places[random() % 5]] = static_cast<std::byte>(random() % 3 ? random() : 0xFF);
    }
    if (random() % 4 != 0) seal(disk, 1, 512);
    if (random() % 4 != 0) seal(disk, 8999, 512);
    checkSurvives(disk);
    readable += parse(disk).isFatal() ? 0 : 1;
  }
  CHECK(readable > 200);
}

TEST_CASE("MBRs with random bytes in their records") {
  std::mt19937_64 random(4);
  const Layout layout = test::sampleMbr(32768);
  std::size_t readable = 0;
  for (int i = 0; i < 1000; ++i) {
    test::SparseDisk disk(layout.sectorCount * 512);
    test::write(layout, disk);
    const std::uint64_t changes = 1 + random() % 3;
    for (std::uint64_t n = 0; n < changes; ++n) {
      const std::size_t records[] = {0, 4 * MiB, 6 * MiB, 8 * MiB};
      const std::size_t place = records[random() % 4] + 446 + random() % 66;
      const auto byte = static_cast<std::byte>(random() % 3 ? random() : 0);
      disk.put(place, std::span(&byte, 1));
    }
    checkSurvives(disk);
    readable += parse(disk).isFatal() ? 0 : 1;
  }
  CHECK(readable > 100);
}

}  // namespace disktwin::table
