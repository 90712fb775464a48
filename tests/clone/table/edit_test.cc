// relocated(), sectorsNeeded(), withOnly(), tableExtents().
#include <algorithm>
#include <functional>

#include "clone/table/layout.h"
#include "platform/error.h"
#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {

using test::diskOf;
using test::sampleGpt;
using test::sampleMbr;
using test::told;

namespace {

constexpr std::uint64_t kSectors = 32768;

ErrorKind kindOfError(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::Failed;
}

}  // namespace

TEST_CASE("a moved GPT ends with the new disk and is healthy there") {
  const Layout layout = sampleGpt(kSectors);
  for (const std::uint64_t sectors : {8300UL, 20000UL, 70000UL}) {
    const Layout moved = relocated(layout, sectors);
    CHECK(moved.sectorCount == sectors);
    CHECK(moved.gpt.backupLba == sectors - 1);
    CHECK(moved.gpt.backupEntriesLba == sectors - 33);
    CHECK(moved.gpt.lastUsableLba == sectors - 34);
    CHECK(moved.mbr.entries[0].lbaCount == sectors - 1);
    CHECK(moved.partitions == layout.partitions);
    const Layout found = test::reread(moved);
    CHECK(told(found).empty());
    CHECK(found == moved);
    CHECK(relocated(moved, kSectors) == layout);
  }
}

TEST_CASE("the array's size is rounded up to sectors when it moves") {
  Layout layout = sampleGpt(kSectors, 4096);
  layout.gpt.entryCount = 130;  // 16640 bytes, 4.06 sectors
  layout.gpt.firstUsableLba = 7;
  const Layout moved = relocated(layout, kSectors / 2);
  CHECK(moved.gpt.backupEntriesLba == kSectors / 2 - 1 - 5);
}

TEST_CASE("the protective entry is capped beyond 2 TiB and comes back below") {
  const Layout layout = sampleGpt(kSectors);
  const Layout big = relocated(layout, 1ULL << 33);
  CHECK(big.mbr.entries[0].lbaCount == 0xFFFFFFFF);
  CHECK(big.gpt.backupLba == (1ULL << 33) - 1);
  CHECK(relocated(layout, (1ULL << 32) - 1).mbr.entries[0].lbaCount == 0xFFFFFFFE);
  CHECK(relocated(layout, 1ULL << 32).mbr.entries[0].lbaCount == 0xFFFFFFFF);
}

TEST_CASE("sectorsNeeded() is exactly what relocated() accepts") {
  std::mt19937_64 random(3);
  std::vector<Layout> layouts{sampleGpt(kSectors), sampleGpt(kSectors, 4096), sampleMbr(kSectors),
                              sampleGpt(kSectors, 512, 0), sampleMbr(kSectors, 512, 0)};
  for (int i = 0; i < 20; ++i) {
    layouts.push_back(test::randomGpt(random));
    layouts.push_back(test::randomMbr(random));
  }
  for (const Layout& layout : layouts) {
    const std::uint64_t needed = sectorsNeeded(layout);
    const Layout fitted = relocated(layout, needed);
    const Layout found = test::reread(fitted);
    INFO(told(found));
    CHECK_FALSE(found.isFatal());
    CHECK(found == fitted);
    CHECK(kindOfError([&] { relocated(layout, needed - 1); }) == ErrorKind::Refused);
    CHECK(kindOfError([&] { relocated(layout, 0); }) == ErrorKind::Refused);
  }
}

TEST_CASE("a refusal names the partition and the bytes that are missing") {
  CHECK(sectorsNeeded(sampleGpt(kSectors)) == 8192 + 33);
  CHECK_THROWS_WITH(
      relocated(sampleGpt(kSectors), 8000),
      ContainsSubstring("partition 3 (part3)") &&
          ContainsSubstring(std::to_string((8192 + 33 - 8000) * 512) + " bytes are missing"));
  CHECK(sectorsNeeded(sampleMbr(kSectors)) == 15 * 2048);
  CHECK_THROWS_WITH(
      relocated(sampleMbr(kSectors), 15 * 2048 - 3),
      ContainsSubstring("partition 2") && ContainsSubstring("1536 bytes are missing"));
}

TEST_CASE("a table made with another last usable sector stays as it is on the same disk") {
  Layout layout = sampleGpt(kSectors);
  layout.gpt.lastUsableLba = 20000;
  CHECK(relocated(layout, kSectors) == layout);
  CHECK(relocated(layout, kSectors + 1).gpt.lastUsableLba == kSectors - 33);
}

TEST_CASE("a choice of GPT partitions keeps their numbers") {
  const Layout layout = sampleGpt(kSectors);
  const Layout some = withOnly(layout, {1, 3});
  CHECK(some.find(2) == nullptr);
  CHECK(*some.find(3) == *layout.find(3));
  CHECK(test::reread(some) == some);
  CHECK(withOnly(layout, {1, 2, 3}) == layout);
  CHECK(withOnly(layout, {}).partitions.empty());
}

TEST_CASE("hybrid entries go with their partitions") {
  Layout layout = sampleGpt(kSectors);
  layout.mbr.entries[0].lbaCount = 2047;
  layout.mbr.entries[1].type = 0x0C;
  layout.mbr.entries[1].firstLba = 2048;
  layout.mbr.entries[1].lbaCount = 2048;
  CHECK(withOnly(layout, {1}).mbr == layout.mbr);
  const Layout plain = withOnly(layout, {2, 3});
  CHECK_FALSE(plain.isHybrid());
  CHECK(plain.mbr.entries[1] == MbrEntry{});
  CHECK(plain.mbr.entries[0].lbaCount == kSectors - 1);
  CHECK(told(test::reread(plain)).empty());
}

TEST_CASE("logical partitions may be left out only from the end") {
  const Layout layout = sampleMbr(kSectors);
  CHECK(withOnly(layout, {1, 5, 6, 7}) == layout);

  const Layout some = withOnly(layout, {5});
  CHECK(some.find(1) == nullptr);
  CHECK(some.find(2) != nullptr);
  CHECK(some.find(6) == nullptr);
  const Layout found = test::reread(some);
  CHECK(told(found).empty());
  CHECK(found == some);

  const Layout none = withOnly(layout, {1});
  CHECK(none.find(2) == nullptr);
  CHECK(test::reread(none) == none);

  CHECK(kindOfError([&] { withOnly(layout, {1, 6}); }) == ErrorKind::Refused);
  CHECK(kindOfError([&] { withOnly(layout, {5, 7}); }) == ErrorKind::Refused);
}

TEST_CASE("a choice from any chain can be written and read again") {
  std::mt19937_64 random(5);
  for (int i = 0; i < 60; ++i) {
    const Layout layout = test::randomMbr(random);
    const auto last = static_cast<std::uint32_t>(random() % 20);
    std::set<std::uint32_t> numbers;
    for (const Partition& partition : layout.partitions) {
      if (partition.isContainer()) continue;
      if (!partition.logical ? random() % 2 == 0 : partition.number < 5 + last) {
        numbers.insert(partition.number);
      }
    }
    const Layout some = withOnly(layout, numbers);
    const Layout found = test::reread(some);
    INFO("round " << i << "\n" << told(found));
    REQUIRE(found == some);
    REQUIRE(told(found).empty());
  }
}

TEST_CASE("numbers that cannot be chosen are named") {
  CHECK(kindOfError([] { withOnly(sampleMbr(kSectors), {9}); }) == ErrorKind::Usage);
  CHECK(kindOfError([] { withOnly(sampleMbr(kSectors), {2}); }) == ErrorKind::Usage);
  CHECK(kindOfError([] { withOnly(sampleGpt(kSectors), {4}); }) == ErrorKind::Usage);
  CHECK(kindOfError([] { withOnly(Layout{}, {1}); }) == ErrorKind::Usage);
}

TEST_CASE("tableExtents() is all that encode() writes") {
  std::mt19937_64 random(9);
  std::vector<Layout> layouts{sampleGpt(kSectors), sampleMbr(kSectors), Layout{}};
  for (int i = 0; i < 20; ++i) {
    layouts.push_back(test::randomGpt(random));
    layouts.push_back(test::randomMbr(random));
  }
  for (const Layout& layout : layouts) {
    std::vector<Extent> written;
    std::uint64_t bytes = 0;
    for (const TableBlock& block : encode(layout)) {
      written.push_back({block.offset, block.bytes.size()});
      bytes += block.bytes.size();
      CHECK(block.offset % layout.sectorSize == 0);
      CHECK(block.bytes.size() % layout.sectorSize == 0);
    }
    CHECK(tableExtents(layout) == ExtentSet::from(written));
    CHECK(tableExtents(layout).bytes() == bytes);
  }
}

TEST_CASE("partitions that a table has no room for are not written") {
  Layout gpt = sampleGpt(kSectors);
  gpt.partitions[2].number = 129;
  CHECK(kindOfError([&] { encode(gpt); }) == ErrorKind::Invalid);
  Layout mbr = sampleMbr(kSectors);
  mbr.partitions[0].lbaCount = 1ULL << 32;
  CHECK(kindOfError([&] { encode(mbr); }) == ErrorKind::Invalid);
}

}  // namespace disktwin::table
