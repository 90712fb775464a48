#include "clone/fs/f2fs/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "clone/fs/f2fs/checksum.h"
#include "clone/fs/f2fs/unproven.h"

namespace disktwin::fs::f2fs {
namespace {

constexpr std::uint32_t kSpareBlocks = 2;  // the first block of a pack and the last one

// fs/f2fs/checkpoint.c, validate_checkpoint(): first and last block are sound and of one version.
std::optional<Pack> packAt(const BlockReader& volume, const Geometry& g, std::uint32_t start) {
  Pack pack;
  pack.start = start;
  pack.blocks = readBytes(volume, std::uint64_t{start} * kBlockSize,
                          (std::size_t{1} + g.payload) * kBlockSize);
  const auto first = std::span(pack.blocks).first(kBlockSize);
  if (!checksumFits(first)) return std::nullopt;
  pack.head = structAt<Checkpoint>(first, 0);
  const std::uint32_t length = pack.head.packBlocks;
  if (length <= kSpareBlocks || length > kBlocksPerSegment) return std::nullopt;
  const auto last = readBytes(volume, (std::uint64_t{start} + length - 1) * kBlockSize, kBlockSize);
  if (!checksumFits(last)) return std::nullopt;
  if (structAt<Checkpoint>(last, 0).version != pack.head.version) return std::nullopt;
  return pack;
}

std::vector<std::byte> cut(const Pack& pack, std::size_t from, std::size_t length) {
  if (from > pack.blocks.size() || length > pack.blocks.size() - from) {
    throw Unproven{"the checkpoint has no room for its bitmaps"};
  }
  const auto bytes = std::span(pack.blocks).subspan(from, length);
  return {bytes.begin(), bytes.end()};
}

// fs/f2fs/f2fs.h, __bitmap_ptr().
void takeBitmaps(Pack& pack, const Geometry& g) {
  const std::size_t sit = pack.head.sitBitmapBytes;
  const std::size_t nat = pack.head.natBitmapBytes;
  // fs/f2fs/super.c, f2fs_sanity_check_ckpt().
  if (sit != g.sitBlocks / 8 || nat != g.natBlocks / 8) {
    throw Unproven{"the bitmaps of the checkpoint do not fit the tables of the superblock"};
  }
  constexpr std::size_t kBitmaps = sizeof(Checkpoint);
  if (pack.is(kLargeNatBitmap)) {
    if (pack.head.checksumOffset != kBitmaps) {
      throw Unproven{"the checksum of the checkpoint is not where its large bitmap needs it"};
    }
    pack.natCopy = cut(pack, kBitmaps + sizeof(le32), nat);
    pack.sitCopy = cut(pack, kBitmaps + sizeof(le32) + nat, sit);
    return;
  }
  const bool outside = g.payload != 0;
  pack.sitCopy = cut(pack, outside ? kBlockSize : kBitmaps, sit);
  pack.natCopy = cut(pack, outside ? kBitmaps : kBitmaps + sit, nat);
  if (kBitmaps + (outside ? nat : sit + nat) > pack.head.checksumOffset) {
    throw Unproven{"the bitmaps of the checkpoint reach into its checksum"};
  }
}

}  // namespace

Pack currentPack(const BlockReader& volume, const Geometry& g) {
  auto first = packAt(volume, g, g.checkpoint);
  auto second = packAt(volume, g, g.checkpoint + kBlocksPerSegment);
  if (!first && !second) throw Unproven{"neither of its two checkpoints is sound"};
  const bool alone = !first || !second;
  // Versions may wrap: fs/f2fs/f2fs.h, ver_after().
  const bool later =
      first && second &&
      static_cast<std::int64_t>(second->head.version.value() - first->head.version.value()) > 0;
  Pack pack = !first || later ? std::move(*second) : std::move(*first);
  pack.alone = alone;
  takeBitmaps(pack, g);
  return pack;
}

std::vector<Log> logsOf(const Pack& pack, const Super& super, const Geometry& g) {
  std::vector<Log> logs;
  // A read-only filesystem has one of each: fs/f2fs/super.c, f2fs_sanity_check_ckpt().
  const std::uint32_t each = (super.features & kReadOnly) != 0 ? 1 : kLogs;
  for (std::uint32_t i = 0; i < each; ++i) {
    logs.push_back({i, pack.head.dataSegment[i], pack.head.dataOffset[i]});
  }
  for (std::uint32_t i = 0; i < each; ++i) {
    logs.push_back({kLogs + i, pack.head.nodeSegment[i], pack.head.nodeOffset[i]});
  }
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (logs[i].segment >= g.segments || logs[i].offset >= kBlocksPerSegment) {
      throw Unproven{"the checkpoint writes to a segment that does not exist"};
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (logs[k].segment == logs[i].segment) {
        throw Unproven{"the checkpoint writes two logs to one segment"};
      }
    }
  }
  return logs;
}

}  // namespace disktwin::fs::f2fs
