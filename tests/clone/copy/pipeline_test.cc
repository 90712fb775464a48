#include "clone/copy/pipeline.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "clone/copy/hash_log.h"
#include "platform/cancellation.h"
#include "platform/error.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;
using namespace disktwin::copy;

namespace {

plan::Plan planOf(std::vector<plan::Region> regions, ExtentSet last = {}) {
  plan::Plan plan;
  plan.regions = std::move(regions);
  plan.last = std::move(last);
  return plan;
}

plan::Region regionOf(Extent source, std::uint64_t target, ExtentSet extents) {
  plan::Region region;
  region.source = source;
  region.target = target;
  region.extents = std::move(extents);
  return region;
}

std::vector<Block> all(const plan::Plan& plan) {
  BlockList list(plan);
  std::vector<Block> out;
  while (const auto block = list.next()) out.push_back(*block);
  list.startHeldBack();
  while (const auto block = list.next()) out.push_back(*block);
  return out;
}

// Takes a different time for each block, and notes the order of commits.
class SlowSink final : public Sink {
 public:
  std::unique_ptr<Prepared> prepare(const Block& block, std::span<const std::byte> data) override {
    const unsigned now = ++inside_;
    most = std::max(most.load(), now);
    std::this_thread::sleep_for(std::chrono::microseconds(block.sequence % 7 * 200));
    --inside_;
    if (block.sequence == failAt) throw Error(ErrorKind::Write, "sink", "as asked");
    if (!data.empty()) bytes += data.size();
    return nullptr;
  }
  void commit(const Block& block, std::unique_ptr<Prepared>) override {
    order.push_back(block.sequence);
  }
  std::uint64_t failAt = ~0ULL;
  std::vector<std::uint64_t> order;
  std::atomic<unsigned> most = 0;
  std::atomic<std::uint64_t> bytes = 0;

 private:
  std::atomic<unsigned> inside_ = 0;
};

}  // namespace

TEST_CASE("blocks cover every extent once, cut at the grid of the source") {
  const auto plan = planOf({regionOf({0, 10 * MiB}, 5 * MiB, {{100, 3 * MiB}, {8 * MiB, 10}})});
  const auto blocks = all(plan);
  ExtentSet covered;
  std::uint64_t sum = 0;
  for (const Block& block : blocks) {
    CHECK(block.source.offset / kBlockSize == (block.source.end() - 1) / kBlockSize);
    CHECK(block.target == block.source.offset + 5 * MiB);
    covered.add(block.source);
    sum += block.source.length;
  }
  CHECK(covered == plan.regions[0].extents);
  CHECK(sum == covered.bytes());
}

TEST_CASE("what is held back comes last, from the end to the start") {
  const ExtentSet held{{0, MiB}, {50 * MiB, 4096}};
  const auto plan = planOf({regionOf({0, 100 * MiB}, 0, {{0, 100 * MiB}})}, held);
  const auto blocks = all(plan);
  REQUIRE(blocks.size() > 3);
  CHECK(blocks.back().source == Extent{0, MiB});
  CHECK(blocks[blocks.size() - 2].source == Extent{50 * MiB, 4096});
  ExtentSet before;
  for (std::size_t i = 0; i + 2 < blocks.size(); ++i) before.add(blocks[i].source);
  CHECK_FALSE(before.intersects({0, MiB}));
  CHECK(unite(before, held) == plan.regions[0].extents);
}

TEST_CASE("the held-back part follows a region to another place on the target") {
  const auto plan =
      planOf({regionOf({10 * MiB, 5 * MiB}, 0, {{10 * MiB, 5 * MiB}})}, ExtentSet{{0, MiB}});
  const auto blocks = all(plan);
  CHECK(blocks.back().source == Extent{10 * MiB, MiB});
  CHECK(blocks.back().target == 0);
}

TEST_CASE("commits come in order whatever the threads do, and threads do work side by side") {
  const test::MemoryDisk disk(64 * MiB);
  const auto plan = planOf({regionOf({0, 64 * MiB}, 0, {{0, 64 * MiB}})});
  BlockList list(plan);
  SlowSink sink;
  std::uint64_t seen = 0;
  run(list, disk, sink, {4, false}, [&](const Block& block) { seen += block.source.length; });
  CHECK(seen == 64 * MiB);
  CHECK(sink.bytes == 64 * MiB);
  REQUIRE(sink.order.size() == 64);
  for (std::size_t i = 0; i < 64; ++i) CHECK(sink.order[i] == i);
  CHECK(sink.most > 1);
}

TEST_CASE("the first error of a thread stops all of them and is thrown") {
  const test::MemoryDisk disk(64 * MiB);
  const auto plan = planOf({regionOf({0, 64 * MiB}, 0, {{0, 64 * MiB}})});
  BlockList list(plan);
  SlowSink sink;
  sink.failAt = 5;
  CHECK_THROWS_WITH(run(list, disk, sink, {4, false}, [](const Block&) {}),
                    ContainsSubstring("as asked"));
  CHECK(sink.order.size() <= 5);
}

TEST_CASE("a read beyond the disk ends the run with an error") {
  const test::MemoryDisk disk(MiB);
  const auto plan = planOf({regionOf({0, 4 * MiB}, 0, {{0, 4 * MiB}})});
  BlockList list(plan);
  SlowSink sink;
  CHECK_THROWS_AS(run(list, disk, sink, {4, false}, [](const Block&) {}), Error);
}

TEST_CASE("hash logs of the same blocks agree, of others name the group, in bounded memory") {
  for (const std::uint64_t count : {1, 7, 8, 9, 100, 1000, 4097}) {
    HashLog a(8);
    HashLog b(8);
    HashLog c(8);
    for (std::uint64_t i = 0; i < count; ++i) {
      a.add({i, i * 3});
      b.add({i, i * 3});
      c.add({i, i == count / 2 ? 0xBAD : i * 3});
    }
    CHECK(a.blocks() == count);
    CHECK(count <= 8 * a.groupSize());
    CHECK(HashLog::differences(a, b).empty());
    const auto wrong = HashLog::differences(a, c);
    REQUIRE(wrong.size() == 1);
    CHECK(wrong[0] == count / 2 / a.groupSize());
  }
}
