// Overlays against a plain array that has seen the same reads and writes.
#include "clone/io/overlay.h"

#include <random>

#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;
using test::MemoryDisk;

namespace {

using Bytes = std::vector<std::byte>;

Bytes noise(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  Bytes out(size);
  for (std::byte& b : out) b = static_cast<std::byte>(random());
  return out;
}

class MemoryTarget final : public BlockTarget {
 public:
  explicit MemoryTarget(std::size_t size) : disk(std::make_shared<MemoryDisk>(noise(size, 9))) {}
  std::string name() const override { return "target"; }
  std::uint64_t size() const override { return disk->size(); }
  void write(std::uint64_t offset, std::span<const std::byte> data) override {
    disk->put(static_cast<std::size_t>(offset), data);
  }
  void zero(Extent range) override {
    disk->put(static_cast<std::size_t>(range.offset),
              Bytes(static_cast<std::size_t>(range.length)));
  }
  void flush() override {}
  ReaderPtr readBack() override { return disk; }
  std::shared_ptr<MemoryDisk> disk;
};

void exercise(std::size_t sourceSize, std::size_t size, std::size_t room, std::uint32_t seed) {
  INFO(sourceSize << " " << size << " " << room);
  const auto source = std::make_shared<MemoryDisk>(noise(sourceSize, 1));
  const Bytes before = source->bytes();
  MemoryTarget target(room + 8192);
  const Bytes targetBefore = target.disk->bytes();
  Overlay overlay(source, size, {&target, target.readBack(), {4096, room}});
  Bytes model(size);
  std::copy_n(before.begin(), std::min(size, sourceSize), model.begin());
  std::vector<bool> touched(size);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    const std::size_t at = random() % size;
    const std::size_t length = std::min<std::size_t>(size - at, random() % 20000);
    const auto place = model.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random() % 4) {
      case 0: {
        const Bytes data = noise(length, static_cast<std::uint32_t>(random()));
        overlay.write(at, data);
        std::copy(data.begin(), data.end(), place);
        break;
      }
      case 1:
        overlay.zero({at, length});
        std::fill_n(place, length, std::byte{0});
        break;
      default: {
        Bytes out(length);
        overlay.read(at, out);
        REQUIRE(std::equal(out.begin(), out.end(), place));
        continue;
      }
    }
    std::fill_n(touched.begin() + static_cast<std::ptrdiff_t>(at), length, true);
  }
  CHECK(source->bytes() == before);
  const ExtentSet written = overlay.written();
  for (std::size_t i = 0; i < size; ++i) {
    const bool isOnTarget = written.contains({i, 1});
    if (i >= room) REQUIRE(!isOnTarget);
    if (touched[i] && i < room) REQUIRE(isOnTarget);
    if (isOnTarget) REQUIRE(target.disk->bytes()[4096 + i] == model[i]);
  }
  // What lies beside the volume's place is somebody else's.
  for (std::size_t i = 0; i < target.disk->bytes().size(); ++i) {
    if (i < 4096 || i >= 4096 + room) REQUIRE(target.disk->bytes()[i] == targetBefore[i]);
  }
}

}  // namespace

TEST_CASE("an overlay reads like the source with all writes applied, and leaves the source alone") {
  exercise(200000, 200000, 120000, 1);  // smaller
  exercise(200000, 300000, 300000, 2);  // larger
  exercise(204800, 204800, 102400, 3);
  exercise(1000, 1000, 500, 4);
  exercise(200000, 200000, 200000, 5);
}

TEST_CASE("an overlay without a target keeps everything to itself") {
  const auto source = std::make_shared<MemoryDisk>(noise(50000, 1));
  Overlay overlay(source, 50000, {});
  const Bytes data = noise(10000, 2);
  overlay.write(33333, data);
  Bytes out(10000);
  overlay.read(33333, out);
  CHECK(out == data);
  CHECK(overlay.written().empty());
}
