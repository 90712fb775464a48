// Volumes that mean harm, and volumes that are merely large.
#include <chrono>
#include <random>

#include "tests/fs/lvm/made_pv.h"

using namespace disktwin;
using namespace disktwin::test;

namespace {

// Two volumes that are looked into, a snapshot and a striped one.
MadePv sample() {
  MadePv made;
  made.areas.push_back({41 * MiB, MiB});
  made.putSwap(3 * MiB, 4 * MiB);
  made.putSwap(21 * MiB, 4 * MiB);
  const std::string text = group(
      physical("pv0", kDashedUuid, 40) + physical("pv1", "another", 40),
      logical("root", {striped(0, 4, "\"pv0\", 2")}) +
          logical("wide", {striped(0, 4, "\"pv0\", 20, \"pv0\", 30", 2, 128)}) +
          logical("snap", {striped(0, 2, "\"pv0\", 10")}) +
          logical("old", {striped(0, 2, "\"pv0\", 12")}) +
          logical("snapshot0", {segment(2, "snapshot", "origin = \"old\"\ncow_store = \"snap\"")}));
  made.write({text, text});
  return made;
}

void requireSane(const MadePv& made) {
  const auto fs = made.open();
  if (!fs) return;
  const fs::UsedMap map = fs->used();
  if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{{0, made.disk->size()}});
  for (const ExtentSet& set : {map.extents, map.zeroes, fs->signatures(), fs->pageFiles()}) {
    if (!set.empty()) REQUIRE(set.extents().back().end() <= made.disk->size());
  }
}

class Clock {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

TEST_CASE("a flipped bit in label, headers or text is never believed") {
  const MadePv made = sample();
  const ExtentSet healthy = made.used();
  for (const Extent& place : {Extent{512, 512}, Extent{4096, 3000}, Extent{41 * MiB, 3000}}) {
    for (std::uint64_t at = place.offset; at < place.end(); ++at) {
      MadePv broken = made;
      broken.disk = std::make_shared<SparseDisk>(*made.disk);
      const auto byte = readStruct<std::uint8_t>(*made.disk, at);
      broken.disk->put(at, static_cast<std::uint8_t>(byte ^ (1U << at % 8)));
      INFO("byte " << at);
      requireSane(broken);
      if (const auto fs = broken.open()) {
        REQUIRE(subtract(healthy, fs->used().extents).empty());
      }
    }
  }
}

TEST_CASE("a volume may end anywhere") {
  const MadePv made = sample();
  for (std::uint64_t size = 0; size < made.disk->size(); size += size < 16384 ? 509 : 40 * 4096) {
    MadePv cut = made;
    cut.disk = std::make_shared<SparseDisk>(*made.disk);
    cut.disk->cutTo(size);
    requireSane(cut);
    if (const auto fs = cut.open()) CHECK_FALSE(fs->used().whyWhole.empty());
  }
}

TEST_CASE("every number of the label may be anything, with the right checksum") {
  const MadePv made = sample();
  for (std::size_t at = 20; at < 300; at += 4) {
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{511}, 42 * MiB, ~std::uint64_t{0},
          ~std::uint64_t{0} << 32, std::uint64_t{1} << 63}) {
      MadePv changed = made;
      changed.disk = std::make_shared<SparseDisk>(*made.disk);
      auto sector = readBytes(*made.disk, 512, 512);
      const le64 number(value);
      std::memcpy(sector.data() + at, &number, sizeof number);
      changed.finishLabel(1, sector);
      requireSane(changed);
    }
  }
}

TEST_CASE("a header that runs beyond its sector is not read") {
  for (const std::uint32_t offset : {40U, 472U, 473U, 511U, 512U, 4096U, ~0U, ~0U - 40}) {
    const MadePv made = sample();
    auto sector = readBytes(*made.disk, 512, 512);
    const le32 number(offset);
    std::memcpy(sector.data() + 20, &number, sizeof number);
    made.finishLabel(1, sector);
    requireSane(made);
    CHECK_FALSE(made.whyWhole().empty());
  }
  // A list without an end.
  MadePv endless;
  for (unsigned i = 0; i < 25; ++i) endless.areas.push_back({4096, 512});
  endless.putLabel(1);
  CHECK_THAT(endless.whyWhole(), ContainsSubstring("runs beyond"));
}

TEST_CASE("every number of a metadata header may be anything, with the right checksum") {
  const MadePv made = sample();
  for (std::size_t at = 4; at < 84; at += 4) {
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{512},
                                      MiB - 4096, ~std::uint64_t{0}, ~std::uint64_t{511}}) {
      MadePv changed = made;
      changed.disk = std::make_shared<SparseDisk>(*made.disk);
      auto sector = readBytes(*made.disk, 4096, 512);
      const le64 number(value);
      std::memcpy(sector.data() + at, &number, sizeof number);
      changed.putHeader(4096, structAt<fs::lvm::MetadataHeader>(sector, 0));
      requireSane(changed);
    }
  }
}

TEST_CASE("every word of the text may be another") {
  const MadePv made = sample();
  const auto header = readStruct<fs::lvm::MetadataHeader>(*made.disk, 4096);
  const auto bytes = readBytes(*made.disk, 4096 + 512, header.committed.size);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const char* words[] = {"0",
                         "1",
                         "4294967295",
                         "18446744073709551615",
                         "99999999999999999999",
                         "-1",
                         "\"pv0\"",
                         "\"root\"",
                         "[]",
                         "{",
                         "}",
                         "x",
                         "\"",
                         ""};
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != ' ' && text[at] != '\n') continue;
    const std::size_t end = text.find_first_of(" \n,", at + 1);
    if (end == std::string::npos) break;
    for (const char* word : words) {
      const std::string changed = text.substr(0, at + 1) + word + text.substr(end);
      MadePv other;
      other.write(std::vector{changed});
      requireSane(other);
    }
  }
}

TEST_CASE("a text may end anywhere") {
  const std::string text =
      group(physical("pv0", kDashedUuid, 40), logical("root", {striped(0, 4, "\"pv0\", 2")}));
  for (std::size_t size = 1; size < text.size() - 2; ++size) {
    MadePv made;
    made.write(std::vector{text.substr(0, size)});
    requireSane(made);
    CHECK_FALSE(made.whyWhole().empty());
  }
}

TEST_CASE("volumes that stand on each other in circles do no harm") {
  MadePv made;
  made.write(logical("a", {striped(0, 4, "\"b\", 0")}) + logical("b", {striped(0, 4, "\"c\", 0")}) +
             logical("c", {striped(0, 2, "\"a\", 0"), striped(2, 2, "\"pv0\", 2")}) +
             logical("self", {segment(4, "thin", "thin_pool = \"self\"")}));
  CHECK(made.used() == ExtentSet{{0, MiB}, MadePv::extents(2, 2)});
  CHECK(made.open()->info().inner.size() == 3);
}

TEST_CASE("a volume of 64 TiB with thousands of logical volumes is planned in seconds") {
  constexpr std::uint64_t kExtents = 64 * TiB / (4 * MiB) - 8;
  constexpr unsigned kVolumes = 5000;
  MadePv made(64 * TiB);
  made.areas = {{4096, 16 * MiB - 4096}};
  made.dataStart = 16 * MiB;
  std::string logicals;
  for (unsigned i = 0; i < kVolumes; ++i) {
    std::vector<std::string> segments;
    for (unsigned k = 0; k < 3; ++k) {
      segments.push_back(
          striped(k * 100, 100, fmt::format("\"pv0\", {}", (i * 3 + (2 - k)) * 200)));
    }
    logicals += logical(fmt::format("volume{}", i), segments);
    made.putSwap(16 * MiB + (i * 3 + 2) * 200 * (4 * MiB), 1200 * MiB);
  }
  made.write(std::vector{group(physical("pv0", kDashedUuid, kExtents, 32768), logicals, 7, 8192)});
  const Clock clock;
  const auto fs = made.open();
  const fs::UsedMap map = fs->used();
  CHECK(clock.seconds() < 20);
  CHECK(map.whyWhole == "");
  CHECK(fs->info().inner.size() == kVolumes);
  // Some thousand are looked into, and the others copied whole.
  CHECK(map.extents.bytes() < (kVolumes - 4096 + 1) * 1200 * MiB);
  CHECK(fs->info().inner.back().whyWhole != "");
}
