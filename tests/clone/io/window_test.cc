#include "clone/io/window.h"

#include "platform/error.h"
#include "tests/support/catch.h"
#include "tests/support/memory_disk.h"

using namespace disktwin;

namespace {

// Holds data in [1000, 2000) only.
class Holey final : public BlockReader {
 public:
  std::string name() const override { return "holey"; }
  std::uint64_t size() const override { return 10000; }
  std::uint32_t sectorSize() const override { return 512; }
  void read(std::uint64_t, std::span<std::byte> out) const override {
    std::fill(out.begin(), out.end(), std::byte{1});
  }
  Extent nextData(std::uint64_t from) const override {
    const Extent found = intersection({1000, 1000}, {from, 10000 - from});
    return found.empty() ? Extent{10000, 0} : found;
  }
};

}  // namespace

TEST_CASE("a window shows its part of the disk and nothing beyond") {
  auto disk = std::make_shared<test::MemoryDisk>(4096);
  disk->bytes()[1024] = std::byte{42};
  const Window window(disk, {1024, 512});
  CHECK(window.size() == 512);
  CHECK(readBytes(window, 0, 1)[0] == std::byte{42});
  CHECK_THROWS_AS(readBytes(window, 500, 13), Error);
  CHECK_THROWS_AS(readBytes(window, ~0ULL, 2), Error);
}

TEST_CASE("a window that passes the end of its disk is refused") {
  auto disk = std::make_shared<test::MemoryDisk>(4096);
  CHECK_THROWS_AS(Window(disk, {4000, 97}), Error);
  CHECK_THROWS_AS(Window(disk, {~0ULL, 1}), Error);
}

TEST_CASE("a window knows the holes of its disk") {
  const auto disk = std::make_shared<Holey>();
  const Window window(disk, {500, 1000});
  CHECK(window.nextData(0) == Extent{500, 500});
  CHECK(window.nextData(700) == Extent{700, 300});
  CHECK(Window(disk, {5000, 100}).nextData(0).empty());
}
