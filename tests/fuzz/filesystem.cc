// One filesystem reader (READER names its folder) on any volume at all: it ends, stays inside the
// volume, and keeps the contract of clone/fs/filesystem.h.
#include <cstdlib>
#include <string_view>

#include "clone/fs/registry.h"
#include "tests/fuzz/lenient_checksum.h"
#include "tests/fuzz/patched_disk.h"

namespace {

using namespace disktwin;

void require(bool truth) {
  if (!truth) std::abort();
}

void requireInside(const ExtentSet& set, const BlockReader& disk) {
  require(set.empty() || set.extents().back().end() <= disk.size());
}

const fs::Registered& reader() {
  for (const fs::Registered& one : fs::readers()) {
    if (std::string_view(one.folder) == READER) return one;
  }
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::believeChecksums(test::asksForBelief(std::as_bytes(std::span(data, size))));
  const auto disk = std::make_shared<test::PatchedDisk>(std::as_bytes(std::span(data, size)));
  const std::unique_ptr<fs::FileSystem> found = reader().open(disk);
  if (!found) return 0;
  require(!found->info().type.empty());
  requireInside(found->signatures(), *disk);
  requireInside(found->pageFiles(), *disk);
  const fs::UsedMap map = found->used();
  requireInside(map.extents, *disk);
  requireInside(map.zeroes, *disk);
  require(subtract(map.zeroes, map.extents) == map.zeroes);
  if (!map.whyWhole.empty()) require(map.extents == ExtentSet{{0, disk->size()}});
  return 0;
}
