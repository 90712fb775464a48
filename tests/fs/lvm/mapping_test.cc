// Where the bytes of logical volumes lie.
#include <random>

#include "clone/fs/lvm/mapped_reader.h"
#include "clone/io/extent_set.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;
using namespace disktwin::test;
using fs::lvm::MappedReader;
using fs::lvm::Mapping;
using fs::lvm::Run;

namespace {

constexpr std::uint64_t kUnit = 64;

// Runs of one to four columns, at places that do not overlap.
Mapping randomMapping(std::mt19937& random, std::size_t size) {
  std::vector<std::uint64_t> places;
  for (std::uint64_t at = 0; at + 4 * kUnit <= size; at += 4 * kUnit) places.push_back(at);
  std::shuffle(places.begin(), places.end(), random);
  std::vector<Run> runs;
  std::uint64_t at = 0;
  for (int i = 0; i < 6; ++i) {
    Run run;
    const std::size_t columns = 1 + random() % 4;
    run.inside = {at, columns * 4 * kUnit};
    run.stripe = columns == 1 ? run.inside.length : (random() % 2 == 0 ? kUnit : kUnit / 4);
    for (std::size_t k = 0; k < columns; ++k) {
      run.columns.push_back(places.back());
      places.pop_back();
    }
    at = run.inside.end();
    runs.push_back(run);
  }
  return Mapping(runs);
}

// By definition: stripe after stripe, column after column.
std::uint64_t placeOf(const Mapping& mapping, std::uint64_t offset) {
  for (const Run& run : mapping.runs()) {
    if (offset >= run.inside.end()) continue;
    std::uint64_t rest = offset - run.inside.offset;
    for (std::uint64_t row = 0;; ++row) {
      for (const std::uint64_t column : run.columns) {
        if (rest < run.stripe) return column + row * run.stripe + rest;
        rest -= run.stripe;
      }
    }
  }
  return ~std::uint64_t{0};
}

}  // namespace

TEST_CASE("every extent of a logical volume lies exactly where its bytes do") {
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    const Mapping mapping = randomMapping(random, 64 * KiB);
    for (int i = 0; i < 30; ++i) {
      const std::uint64_t from = random() % mapping.size();
      const std::uint64_t length = random() % (mapping.size() - from) + 1;
      std::vector<Extent> expected;
      for (std::uint64_t at = from; at < from + length; ++at) {
        expected.push_back({placeOf(mapping, at), 1});
      }
      std::vector<Extent> found;
      mapping.each({from, length}, [&](Extent extent) { found.push_back(extent); });
      REQUIRE(ExtentSet::from(found) == ExtentSet::from(expected));
      REQUIRE(ExtentSet::from(found).bytes() == length);
    }
  }
}

TEST_CASE("a logical volume reads as its bytes in order") {
  std::mt19937 random(5);
  const auto disk = std::make_shared<MemoryDisk>(64 * KiB);
  for (std::byte& byte : disk->bytes()) byte = static_cast<std::byte>(random());
  for (int round = 0; round < 40; ++round) {
    const MappedReader reader(disk, randomMapping(random, 64 * KiB), "test");
    const std::uint64_t from = random() % reader.size();
    const auto bytes = readBytes(reader, from, random() % (reader.size() - from + 1));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      REQUIRE(bytes[i] == disk->bytes()[placeOf(reader.mapping(), from + i)]);
    }
    CHECK_THROWS_AS(readBytes(reader, reader.size(), 1), Error);
  }
}
