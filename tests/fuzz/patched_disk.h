// How a fuzzer's input becomes a disk: mostly zeroes, with a few pieces that matter.
//
//   le32 size in sectors of 512 bytes; then pieces: le32 sector, le16 bytes, and so many bytes; or
//   le32 sector, le16 0xFFFF, le32 count, and one byte that is repeated so often
//
// What is cut at the end counts as far as it goes. `volume_tool seed` makes such an input of a real
// volume, from the bytes that its reader looks at.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "clone/io/endian.h"
#include "tests/support/sparse_disk.h"

namespace disktwin::test {

struct PatchHead {
  le32 sector;
  le16 length;
};
static_assert(sizeof(PatchHead) == 6);

inline constexpr std::uint16_t kRun = 0xFFFF;
struct PatchRun {
  le32 count;
  std::uint8_t byte;
};
static_assert(sizeof(PatchRun) == 5);

// Larger disks would take a fuzzer's time for nothing.
inline constexpr std::uint64_t kLargestPatched = 4 * GiB;
inline constexpr std::uint32_t kLongestRun = 4U << 20;

inline std::shared_ptr<SparseDisk> patchedDisk(std::span<const std::byte> input) {
  if (input.size() < sizeof(le32)) return std::make_shared<SparseDisk>(0);
  const std::uint64_t sectors = structAt<le32>(input, 0);
  auto disk = std::make_shared<SparseDisk>(std::min(sectors * 512, kLargestPatched));
  input = input.subspan(sizeof(le32));
  while (input.size() > sizeof(PatchHead)) {
    const auto head = structAt<PatchHead>(input, 0);
    input = input.subspan(sizeof head);
    const std::uint64_t at = std::uint64_t{head.sector} * 512;
    const std::uint64_t room = at < disk->size() ? disk->size() - at : 0;
    const auto put = [&](std::span<const std::byte> bytes) {
      disk->put(at,
                bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room))));
    };
    std::size_t length = std::min<std::size_t>(head.length, input.size());
    if (head.length == kRun && input.size() >= sizeof(PatchRun)) {
      const auto run = structAt<PatchRun>(input, 0);
      length = sizeof run;
      put(std::vector(std::min<std::size_t>(run.count, kLongestRun), std::byte{run.byte}));
    } else {
      put(input.first(length));
    }
    input = input.subspan(length);
  }
  return disk;
}

}  // namespace disktwin::test
