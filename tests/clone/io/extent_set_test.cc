#include "clone/io/extent_set.h"

#include <algorithm>
#include <limits>
#include <random>

#include "tests/support/catch.h"

using namespace disktwin;

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

// A set as one flag a byte: slow, and obviously right.
std::vector<bool> flags(const ExtentSet& set, std::size_t size) {
  std::vector<bool> out(size);
  for (const Extent& e : set)
    std::fill_n(out.begin() + static_cast<long>(e.offset), e.length, true);
  return out;
}

bool isCanonical(const ExtentSet& set) {
  for (std::size_t i = 0; i < set.size(); ++i) {
    const Extent& e = set.extents()[i];
    if (e.empty()) return false;
    if (i > 0 && set.extents()[i - 1].end() >= e.offset) return false;
  }
  return true;
}

ExtentSet randomSet(std::mt19937& random, std::size_t size) {
  ExtentSet out;
  for (std::size_t n = random() % 12; n > 0; --n) {
    const std::uint64_t from = random() % size;
    out.add({from, random() % (size - from)});
  }
  return out;
}

}  // namespace

TEST_CASE("set operations agree with one flag a byte, on random sets") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    constexpr std::size_t kSize = 200;
    const ExtentSet a = randomSet(random, kSize);
    const ExtentSet b = randomSet(random, kSize);
    const auto fa = flags(a, kSize);
    const auto fb = flags(b, kSize);
    const ExtentSet sum = unite(a, b);
    const ExtentSet rest = subtract(a, b);
    const Extent window{random() % kSize, random() % kSize};
    const ExtentSet part = a.clipped(window);
    REQUIRE(isCanonical(a));
    REQUIRE(isCanonical(sum));
    REQUIRE(isCanonical(rest));
    REQUIRE(isCanonical(part));
    const auto fs = flags(sum, kSize);
    const auto fr = flags(rest, kSize);
    const auto fp = flags(part, kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      REQUIRE(fs[i] == (fa[i] || fb[i]));
      REQUIRE(fr[i] == (fa[i] && !fb[i]));
      REQUIRE(fp[i] == (fa[i] && i >= window.offset && i < window.end()));
      REQUIRE(a.contains({i, 1}) == fa[i]);
      REQUIRE(a.intersects({i, 1}) == fa[i]);
    }
  }
}

TEST_CASE("extents at the end of 64 bits are cut, never wrapped") {
  ExtentSet set;
  set.add({kMax - 10, 100});
  CHECK(set.extents().front() == Extent{kMax - 10, 10});
  CHECK(set.shiftedUp(5).bytes() == 5);
  CHECK(set.shiftedUp(kMax).empty());
  CHECK(set.shiftedDown(kMax - 5).extents().front() == Extent{0, 5});
  CHECK(set.aligned(4096, kMax).extents().front().end() == kMax);
  CHECK(roundUp(kMax, 4096) % 4096 == 0);
  CHECK_FALSE(extentFits(kMax, 2, kMax));
}

TEST_CASE("aligned() widens to whole units and stops at the limit") {
  const ExtentSet set{{5, 1}, {4090, 10}, {9000, 100}};
  CHECK(set.aligned(512, 9050) == ExtentSet{{0, 512}, {3584, 1024}, {8704, 346}});
}

TEST_CASE("gaps below the limit are filled, larger ones stay") {
  const ExtentSet set{{0, 10}, {19, 1}, {30, 5}};
  CHECK(set.withGapsFilled(10) == ExtentSet{{0, 20}, {30, 5}});
}

TEST_CASE("a builder never loses a byte and never keeps more than it may") {
  std::mt19937 random(11);
  for (const bool ascending : {true, false}) {
    ExtentBuilder builder(0, 50);
    std::vector<Extent> added;
    for (int i = 0; i < 5000; ++i) added.push_back({random() % 100000000, random() % 1000 + 1});
    if (ascending) std::sort(added.begin(), added.end());
    for (const Extent& extent : added) builder.add(extent);
    const ExtentSet set = builder.finish();
    CHECK(set.size() <= 50);
    CHECK(isCanonical(set));
    for (const Extent& extent : added) REQUIRE(set.contains(extent));
  }
}

TEST_CASE("a builder that has room adds nothing of its own") {
  ExtentBuilder builder(64, 100);
  builder.add({0, 100});
  builder.add({163, 1});  // a gap of 63
  builder.add({228, 1});  // a gap of 64
  CHECK(builder.finish() == ExtentSet{{0, 164}, {228, 1}});
  CHECK(builder.finish().empty());
}
