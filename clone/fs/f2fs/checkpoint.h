// The two checkpoint packs, and the one that counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "clone/fs/f2fs/ondisk.h"
#include "clone/fs/f2fs/super.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::f2fs {

struct Pack {
  Checkpoint head;
  std::uint32_t start = 0;        // block
  std::vector<std::byte> blocks;  // the first one and its payload
  std::vector<std::byte>
      sitCopy;  // of each block of the table: a bit, whether the second one counts
  std::vector<std::byte> natCopy;
  bool alone = false;  // the other pack is not sound

  bool is(CheckpointFlag flag) const { return (head.flags & flag) != 0; }
};

// The highest bit of a byte first: fs/f2fs/f2fs.h, f2fs_test_bit().
inline bool bitAt(const std::byte* bits, std::uint32_t index) {
  return (std::to_integer<unsigned>(bits[index / 8]) & (0x80U >> (index % 8))) != 0;
}

// The valid one with the higher version, as the kernel chooses. Throws Unproven when there is none,
// or when it contradicts itself.
Pack currentPack(const BlockReader& volume, const Geometry& geometry);

// The six segments that are being written (two when the filesystem is read-only): data first, then
// nodes, from hot to cold. That is also how the kinds of segments are numbered.
struct Log {
  std::uint32_t kind;
  std::uint32_t segment;
  std::uint32_t offset;  // of the next free block in it
};
std::vector<Log> logsOf(const Pack& pack, const Super& super, const Geometry& geometry);

}  // namespace disktwin::fs::f2fs
