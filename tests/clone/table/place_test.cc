// Partitions in other places: what is written reads back as what was meant.
#include <algorithm>

#include "clone/table/layout.h"
#include "platform/error.h"
#include "tests/clone/table/disks.h"
#include "tests/support/catch.h"

namespace disktwin::table {
namespace {

using Places = std::map<std::uint32_t, Place>;

std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> placesOf(const Layout& layout) {
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> out;
  for (const Partition& partition : layout.partitions) {
    if (!partition.isContainer()) {
      out[partition.number] = {partition.firstLba, partition.lbaCount};
    }
  }
  return out;
}

}  // namespace

TEST_CASE("partitions of a GPT keep everything but their places") {
  const Layout before = test::sampleGpt(40960);
  const Layout after = placed(before, {{2, {8192, 100}}, {3, {10240, 4096}}}, 81920);
  const Layout found = test::reread(after);
  CHECK_FALSE(found.isFatal());
  CHECK(placesOf(found) == placesOf(after));
  CHECK(found.find(2)->firstLba == 8192);
  CHECK(found.find(3)->lbaCount == 4096);
  CHECK(found.find(1)->firstLba == before.find(1)->firstLba);
  for (const std::uint32_t number : {1U, 2U, 3U}) {
    CHECK(found.find(number)->id == before.find(number)->id);
    CHECK(found.find(number)->nameUnits == before.find(number)->nameUnits);
  }
  CHECK(found.gpt.backupLba == 81919);
}

TEST_CASE("logical partitions take their boot records along, and the chain leads to all of them") {
  for (std::uint32_t logicals = 1; logicals <= 4; ++logicals) {
    const Layout before = test::sampleMbr(65536, 512, logicals);
    Places places;
    std::uint64_t at = 20480;
    for (std::uint32_t number = 5; number < 5 + logicals; ++number) {
      places[number] = {at + 2048, 1024 * (number - 3)};
      at += 8192;
    }
    const Layout after = placed(before, places, 65536);
    const Layout found = test::reread(after);
    INFO(test::told(found));
    CHECK(test::count(found, Severity::Fatal) == 0);
    CHECK(placesOf(found) == placesOf(after));
    CHECK(found.partitions.size() == before.partitions.size());
    CHECK(found.find(2)->firstLba == 20480);
    CHECK(found.find(2)->endLba() == found.find(4 + logicals)->endLba());
    CHECK(found.find(5)->logical->ebrLba == 20480);
    CHECK(found.mbr.diskSignature == before.mbr.diskSignature);
    CHECK(found == after);
  }
}

TEST_CASE("a table for other sectors has its partitions at the same bytes") {
  Layout before = test::sampleGpt(81920);
  std::uint64_t at = 2048;
  for (Partition& partition : before.partitions) {
    partition.firstLba = at;
    partition.lbaCount = 1024;
    at += 4096;
  }
  const std::uint64_t bytes = 81920 * 512ULL;
  const Layout large = relocated(withSectorSize(before, 4096), bytes / 4096);
  const Layout found = test::reread(large);
  INFO(test::told(found));
  CHECK(found.findings.empty());
  CHECK(found == large);
  CHECK(found.sectorSize == 4096);
  for (const Partition& partition : before.partitions) {
    const Partition& now = *found.find(partition.number);
    CHECK(found.bytesOf(now) == before.bytesOf(partition));
    CHECK(now.id == partition.id);
    CHECK(now.attributes == partition.attributes);
  }
  // And back again.
  const Layout back = relocated(withSectorSize(large, 512), 81920);
  CHECK(test::reread(back) == back);
  CHECK(placesOf(back) == placesOf(before));

  before.partitions.back().firstLba += 1;
  CHECK_THROWS_AS(withSectorSize(before, 4096), Error);
  CHECK_THROWS_AS(withSectorSize(test::sampleMbr(65536, 512, 2), 4096), Error);
}

TEST_CASE("primary partitions of an MBR stay at their bytes, too") {
  Layout before = test::sampleMbr(65536, 512, 2);
  std::erase_if(before.partitions, [](const Partition& p) { return p.logical || p.isContainer(); });
  for (MbrEntry& entry : before.mbr.entries) {
    if (entry.isExtended()) entry = {};
  }
  const Layout large = relocated(withSectorSize(before, 4096), 8192);
  const Layout found = test::reread(large);
  INFO(test::told(found));
  CHECK(found == large);
  for (const Partition& partition : before.partitions) {
    CHECK(found.bytesOf(*found.find(partition.number)) == before.bytesOf(partition));
  }
}

TEST_CASE("places that are the same change nothing") {
  const Layout before = test::sampleMbr(65536, 512, 3);
  Places same;
  for (const Partition& partition : before.partitions) {
    if (!partition.isContainer()) same[partition.number] = {partition.firstLba, partition.lbaCount};
  }
  CHECK(placed(before, same, 65536) == relocated(before, 65536));
}

TEST_CASE("tables that name places which cannot follow are refused") {
  Layout odd = test::sampleMbr(65536, 512, 3);
  odd.emptyEbrs.push_back({30000, {}, {}});
  CHECK_THROWS_AS(placed(odd, {{5, {40960, 10}}}, 65536), Error);
  Layout hybrid = test::sampleGpt(40960);
  hybrid.mbr.entries[1] = {0, {}, 0x83, {}, 2048, 2048};
  REQUIRE(hybrid.isHybrid());
  CHECK_THROWS_AS(placed(hybrid, {{2, {8192, 100}}}, 40960), Error);
  CHECK_NOTHROW(placed(hybrid, {}, 40960));
}

TEST_CASE("the last partition may end where the backup of the table begins") {
  const Layout layout = test::sampleGpt(40960);
  const std::uint64_t end = usableEnd(layout, 81920);
  CHECK(end == 81920 - 33);
  CHECK_FALSE(placed(layout, {{3, {10240, end - 10240}}}, 81920).isFatal());
  CHECK_THROWS_AS(placed(layout, {{3, {10240, end - 10239}}}, 81920), Error);
  CHECK(usableEnd(test::sampleMbr(65536), 65536) == 65536);
  CHECK(usableEnd(test::sampleMbr(65536), 1ULL << 40) == 0xFFFFFFFF);
  CHECK(usableEnd(layout, 10) == 0);
}

}  // namespace disktwin::table
