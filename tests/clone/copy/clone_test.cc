// Order and faults of a clone, on disks in memory.
#include "clone/copy/clone.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "clone/compare/compare.h"
#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "platform/error.h"
#include "tests/support/catch.h"
#include "tests/support/fault_disk.h"
#include "tests/support/memory_disk.h"
#include "tests/support/one_partition.h"

using namespace disktwin;
using test::FaultDisk;
using test::MemoryDisk;
using test::noise;

namespace {

constexpr std::size_t kDisk = 8 * MiB;

// A disk whose one partition holds something nobody knows: all of it is copied.
ReaderPtr diskOf(const std::vector<std::byte>& bytes) {
  return std::make_shared<MemoryDisk>(bytes);
}

std::shared_ptr<MemoryDisk> sourceDisk() {
  auto disk = std::make_shared<MemoryDisk>(noise(kDisk, 1));
  for (const table::TableBlock& block :
       table::encode(test::onePartition(kDisk, {2 * MiB, 2 * MiB}))) {
    disk->put(block.offset, block.bytes);
  }
  return disk;
}

plan::Plan planOnto(const ReaderPtr& disk, const FaultDisk& target,
                    const std::vector<std::byte>& old) {
  plan::Endpoint from;
  from.path = "source";
  from.size = disk->size();
  plan::Target to;
  to.path = "target";
  to.size = target.size();
  to.oldLayout = table::parse(MemoryDisk(old));
  return plan::planClone(plan::survey(disk), from, to, {});
}

bool looksLikeADisk(const std::vector<std::byte>& bytes) {
  const plan::Survey found = plan::survey(std::make_shared<MemoryDisk>(bytes));
  if (found.layout.kind != table::TableKind::None) return !found.layout.isFatal();
  return !found.volumes.front().type.empty();
}

}  // namespace

TEST_CASE("a clone compares clean, and one changed byte does not") {
  const auto source = sourceDisk();
  const auto before = source->bytes();
  FaultDisk target(noise(kDisk, 2));
  const plan::Plan plan = planOnto(source, target, target.bytes());
  copy::Progress progress;
  copy::runClone(plan, *source, target, {true, {}}, progress);
  CHECK(progress.target() == copy::TargetState::Complete);
  CHECK(source->bytes() == before);
  CHECK(compare::compareDisks(plan, source, diskOf(target.bytes()), {}, progress).same());

  auto changed = target.bytes();
  changed[3 * MiB] ^= std::byte{1};
  const auto result = compare::compareDisks(plan, source, diskOf(changed), {}, progress);
  REQUIRE(result.blocks.size() == 1);
  CHECK(result.blocks[0].source.contains({3 * MiB, 1}));
  CHECK(result.table.empty());

  // Outside of partitions nothing was promised.
  auto elsewhere = target.bytes();
  elsewhere[6 * MiB] ^= std::byte{1};
  CHECK(compare::compareDisks(plan, source, diskOf(elsewhere), {}, progress).same());

  auto otherTable = target.bytes();
  std::fill_n(otherTable.begin() + 512, 512, std::byte{0});
  std::fill_n(otherTable.end() - 512, 512, std::byte{0});
  CHECK_FALSE(compare::compareDisks(plan, source, diskOf(otherTable), {}, progress).table.empty());
}

TEST_CASE("whenever the power fails, an unfinished target does not look like a disk") {
  const auto source = sourceDisk();
  // The target was a good disk before.
  const auto old = sourceDisk()->bytes();
  FaultDisk dry(old);
  copy::Progress progress;
  const plan::Plan plan = planOnto(source, dry, old);
  copy::runClone(plan, *source, dry, {false, {1, false}}, progress);
  const std::uint64_t calls = dry.calls();
  REQUIRE(calls > 10);
  std::mt19937 random(3);
  for (std::uint64_t stop = 0; stop <= calls; ++stop) {
    FaultDisk target(old);
    target.failAt(stop);
    copy::Progress state;
    bool finished = true;
    try {
      copy::runClone(plan, *source, target, {false, {1, false}}, state);
    } catch (const Error&) {
      finished = false;
    }
    CHECK(finished == (stop == calls));
    CHECK((state.target() == copy::TargetState::Complete) == finished);
    for (int attempt = 0; attempt < 4; ++attempt) {
      const auto medium = target.afterPowerFailure(random);
      if (finished) {
        CHECK(medium == dry.bytes());
        continue;
      }
      if (!looksLikeADisk(medium)) continue;
      // It may still be the old disk, while the wiping has not reached the medium, or hold
      // everything that is promised, when all but the last block of the table is there; never a
      // mixture.
      copy::Progress ignored;
      const auto result = compare::compareDisks(plan, source, diskOf(medium), {}, ignored);
      CHECK((result.blocksDiffering == 0 || stop <= plan.wipe.size()));
    }
  }
}

TEST_CASE("a volume without a table is not recognisable before all of it is on the medium") {
  // The mark that tells a swap area lies in the first page.
  const auto source = std::make_shared<MemoryDisk>(noise(kDisk, 11));
  FaultDisk dry(noise(kDisk, 12));
  copy::Progress progress;
  const plan::Plan plan = planOnto(source, dry, dry.bytes());
  copy::runClone(plan, *source, dry, {false, {4, false}}, progress);
  std::mt19937 random(13);
  const std::vector<std::byte> first(source->bytes().begin(), source->bytes().begin() + 4096);
  for (std::uint64_t stop = 0; stop < dry.calls(); ++stop) {
    FaultDisk target(noise(kDisk, 12));
    target.failAt(stop);
    copy::Progress state;
    CHECK_THROWS_AS(copy::runClone(plan, *source, target, {false, {4, false}}, state), Error);
    for (int attempt = 0; attempt < 8; ++attempt) {
      const auto medium = target.afterPowerFailure(random);
      if (!std::equal(first.begin(), first.end(), medium.begin())) continue;
      for (const Extent& rest : subtract(ExtentSet{{0, kDisk}}, plan.last)) {
        CHECK(std::equal(medium.begin() + static_cast<long>(rest.offset),
                         medium.begin() + static_cast<long>(rest.end()),
                         source->bytes().begin() + static_cast<long>(rest.offset)));
      }
    }
  }
}

TEST_CASE("the table's blocks are the last that are written, the first sector last of all") {
  const auto source = sourceDisk();
  FaultDisk target(noise(kDisk, 4));
  copy::Progress progress;
  const plan::Plan plan = planOnto(source, target, target.bytes());
  copy::runClone(plan, *source, target, {false, {1, false}}, progress);
  const auto& written = target.written();
  REQUIRE(written.size() > plan.table.size());
  CHECK(written.back().offset == 0);
  const auto flushed = [&](std::size_t after) {
    const auto& flushes = target.flushedAfter();
    return std::find(flushes.begin(), flushes.end(), after) != flushes.end();
  };
  CHECK(flushed(plan.wipe.size()));
  CHECK(flushed(written.size() - plan.table.size()));
  CHECK(flushed(written.size() - 1));
  CHECK(flushed(written.size()));
  const ExtentSet tables = table::tableExtents(plan.targetLayout);
  for (std::size_t i = plan.wipe.size(); i + plan.table.size() < written.size(); ++i) {
    CHECK_FALSE(tables.intersects(written[i]));
  }
}

TEST_CASE("verify finds a target that gives back something else, in data and in the table") {
  const auto source = sourceDisk();
  for (const std::size_t at : {std::size_t{2 * MiB + 77}, std::size_t{512}, kDisk - 512}) {
    FaultDisk target(noise(kDisk, 5));
    target.corruptReadBack([at](std::vector<std::byte>& bytes) { bytes[at] ^= std::byte{1}; });
    copy::Progress progress;
    const plan::Plan plan = planOnto(source, target, target.bytes());
    try {
      copy::runClone(plan, *source, target, {true, {}}, progress);
      FAIL("verify found nothing");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::Mismatch);
      REQUIRE(error.where());
      CHECK(error.where()->offset <= at);
    }
  }
}

TEST_CASE("old signatures at both ends, in the new partitions and of the old table are wiped") {
  const auto source = sourceDisk();
  FaultDisk target(noise(4 * kDisk, 6));
  copy::Progress progress;
  const plan::Plan plan = planOnto(source, target, target.bytes());
  CHECK(plan.wipe.contains({0, MiB}));
  CHECK(plan.wipe.contains({4 * kDisk - MiB, MiB}));
  const plan::Region& partition = plan.regions.back();
  CHECK(plan.wipe.contains({partition.target, MiB}));
  CHECK(plan.wipe.contains({partition.target + partition.source.length - MiB, MiB}));
}

TEST_CASE("a volume without a table has its first MiB wiped first and written last") {
  auto source = std::make_shared<MemoryDisk>(noise(kDisk, 8));
  FaultDisk target(noise(kDisk, 9));
  copy::Progress progress;
  const plan::Plan plan = planOnto(source, target, target.bytes());
  REQUIRE(plan.table.empty());
  copy::runClone(plan, *source, target, {true, {1, false}}, progress);
  CHECK(target.bytes() == source->bytes());
  CHECK(target.written().front().offset == 0);
  CHECK(target.written().back().offset == 0);
}
