// What clone/fs/filesystem.h asks of every reader, on all of them alike: random bytes, cut volumes,
// flipped bits, metadata that points in circles. The volumes are those that the fuzz targets begin
// with: real ones, of which only what their reader looks at is there. A reader without such volumes
// fails; those that its folder's file `checksummed` names are protected by checksums, so that a
// flipped bit may never make a map smaller.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "clone/fs/registry.h"
#include "tests/fuzz/patched_disk.h"
#include "tests/support/catch.h"
#include "tests/support/effort.h"

namespace disktwin::fs {
namespace {

using test::SparseDisk;
namespace stdfs = std::filesystem;

constexpr std::uint64_t kBlock = 4096;

struct Specimen {
  std::string name;
  std::shared_ptr<SparseDisk> disk;
  std::vector<std::uint64_t> blocks;  // offsets of those with metadata
  bool checksummed = false;
};

std::set<std::string> checksummedNames(const std::string& folder) {
  std::ifstream in(stdfs::path(SOURCES) / "fs" / folder / "checksummed");
  return {std::istream_iterator<std::string>(in), {}};
}

std::vector<Specimen> specimensOf(const std::string& folder) {
  constexpr std::size_t kMost = 8;
  std::vector<std::pair<std::uintmax_t, stdfs::path>> files;
  for (const auto& entry :
       stdfs::directory_iterator(stdfs::path(SOURCES) / "fuzz/corpus" / folder)) {
    files.emplace_back(entry.file_size(), entry.path());
  }
  const std::set<std::string> checksummed = checksummedNames(folder);
  // What is protected comes first, then the small ones.
  std::sort(files.begin(), files.end(), [&](const auto& a, const auto& b) {
    const bool first = checksummed.count(a.second.filename()) != 0;
    const bool second = checksummed.count(b.second.filename()) != 0;
    return first != second ? first : a < b;
  });
  std::vector<Specimen> out;
  for (const auto& [size, path] : files) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    Specimen specimen;
    specimen.name = path.filename();
    specimen.disk = test::patchedDisk(std::as_bytes(std::span(bytes.data(), bytes.size())));
    specimen.checksummed = checksummed.count(specimen.name) != 0;
    for (Extent data = specimen.disk->nextData(0); !data.empty();
         data = specimen.disk->nextData(data.end())) {
      specimen.blocks.push_back(data.offset);
    }
    out.push_back(std::move(specimen));
    if (out.size() == kMost) break;
  }
  return out;
}

void requireInside(const ExtentSet& set, const BlockReader& disk) {
  REQUIRE((set.empty() || set.extents().back().end() <= disk.size()));
}

// Everything a reader may be asked; nullopt when it does not know the volume.
std::optional<UsedMap> ask(const Registered& reader, const std::shared_ptr<SparseDisk>& disk) {
  const std::uint64_t before = disk->bytesRead();
  const auto found = reader.open(disk);
  if (!found) return std::nullopt;
  requireInside(found->signatures(), *disk);
  requireInside(found->pageFiles(), *disk);
  UsedMap map = found->used();
  requireInside(map.extents, *disk);
  requireInside(map.zeroes, *disk);
  REQUIRE(subtract(map.zeroes, map.extents) == map.zeroes);
  if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{{0, disk->size()}});
  // A bound on the work, whatever the numbers on the volume say.
  REQUIRE(disk->bytesRead() - before <= 64 * (disk->size() + MiB));
  return map;
}

std::shared_ptr<SparseDisk> copyOf(const Specimen& specimen) {
  return std::make_shared<SparseDisk>(*specimen.disk);
}

template <typename Try>
void onAll(const Try& attempt) {
  for (const Registered& reader : readers()) {
    const std::vector<Specimen> specimens = specimensOf(reader.folder);
    INFO(reader.folder);
    REQUIRE_FALSE(specimens.empty());
    for (const Specimen& specimen : specimens) {
      INFO(specimen.name);
      attempt(reader, specimen);
    }
  }
}

void requireNotLess(const Specimen& specimen, const std::optional<UsedMap>& healthy,
                    const std::optional<UsedMap>& found) {
  if (!specimen.checksummed || !found) return;
  REQUIRE(healthy);
  REQUIRE(subtract(healthy->extents, found->extents).empty());
}

}  // namespace

TEST_CASE("every reader knows its own volumes, and no other does") {
  onAll([](const Registered& reader, const Specimen& specimen) {
    for (const Registered& other : readers()) {
      const bool known = ask(other, specimen.disk).has_value();
      if (&other == &reader) CHECK(known);
    }
  });
}

TEST_CASE("random bytes are nothing, or whatever they are does no harm") {
  std::mt19937 random(7);  // NOLINT: the same sequence each time
  for (const std::size_t size : {0U, 1U, 511U, 512U, 4096U, 65536U, 1U << 20}) {
    std::vector<std::byte> bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    const auto disk = std::make_shared<SparseDisk>(size);
    disk->put(0, bytes);
    for (const Registered& reader : readers()) ask(reader, disk);
  }
}

TEST_CASE("a volume that is cut anywhere does no harm") {
  onAll([](const Registered& reader, const Specimen& specimen) {
    for (const std::uint64_t at : specimen.blocks) {
      for (const std::uint64_t size : {at, at + 512, at + kBlock}) {
        const auto disk = copyOf(specimen);
        disk->cutTo(size);
        ask(reader, disk);
      }
    }
  });
}

TEST_CASE("a flipped bit does no harm, and hides nothing where there are checksums") {
  constexpr std::uint64_t kMostFlips = 700 / test::kStride;
  onAll([](const Registered& reader, const Specimen& specimen) {
    const std::optional<UsedMap> healthy = ask(reader, specimen.disk);
    const std::uint64_t bytes = specimen.blocks.size() * kBlock;
    // Odd, so that it does not hit the same field of every structure.
    const std::uint64_t step = (bytes / kMostFlips) | 1;
    for (std::uint64_t i = 0; i < bytes; i += step) {
      const std::uint64_t at = specimen.blocks[i / kBlock] + i % kBlock;
      if (at >= specimen.disk->size()) continue;
      INFO("byte " << at);
      const auto disk = copyOf(specimen);
      std::byte byte{};
      disk->read(at, std::span(&byte, 1));
      byte ^= static_cast<std::byte>(1U << (i % 8));
      disk->put(at, std::span<const std::byte>(&byte, 1));
      requireNotLess(specimen, healthy, ask(reader, disk));
    }
  });
}

TEST_CASE("metadata that stands in another's place does no harm: trees that lead in circles") {
  constexpr std::size_t kMostPairs = 350 / test::kStride;
  onAll([](const Registered& reader, const Specimen& specimen) {
    const std::optional<UsedMap> healthy = ask(reader, specimen.disk);
    const std::size_t count = specimen.blocks.size();
    const std::size_t step = std::max<std::size_t>(count * count / kMostPairs, 1) | 1;
    for (std::size_t i = 0; i < count * count; i += step) {
      const std::uint64_t from = specimen.blocks[i / count];
      const std::uint64_t to = specimen.blocks[i % count];
      const std::uint64_t end = specimen.disk->size();
      if (from == to || from + kBlock > end || to + kBlock > end) continue;
      INFO(from << " over " << to);
      const auto disk = copyOf(specimen);
      disk->put(to, readBytes(*disk, from, kBlock));
      requireNotLess(specimen, healthy, ask(reader, disk));
    }
  });
}

TEST_CASE("noise in place of any block of metadata does no harm") {
  std::mt19937 random(11);  // NOLINT: the same sequence each time
  constexpr std::size_t kMostBlocks = 100;
  onAll([&](const Registered& reader, const Specimen& specimen) {
    const std::optional<UsedMap> healthy = ask(reader, specimen.disk);
    const std::size_t step = specimen.blocks.size() / kMostBlocks + 1;
    for (std::size_t i = 0; i < specimen.blocks.size(); i += step) {
      const auto disk = copyOf(specimen);
      std::vector<std::byte> noise(std::min(kBlock, disk->size() - specimen.blocks[i]));
      for (std::byte& byte : noise) byte = static_cast<std::byte>(random());
      disk->put(specimen.blocks[i], noise);
      INFO("block at " << specimen.blocks[i]);
      requireNotLess(specimen, healthy, ask(reader, disk));
    }
  });
}

}  // namespace disktwin::fs
