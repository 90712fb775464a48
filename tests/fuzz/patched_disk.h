// How a fuzzer's input becomes a disk: mostly zeroes, with a few pieces that matter.
//
//   le32 size in sectors of 512 bytes, the highest bit set when every checksum on it counts as
//   right; then pieces: le32 sector, le16 bytes, and so many bytes; or
//   le32 sector, le16 0xFFFF, le32 count, and one byte that is repeated so often
//
// What is cut at the end counts as far as it goes, a later piece lies over an earlier one.
// `seed_tool` makes such an input of a real volume, from the bytes that its reader looks at.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
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

// One piece: `bytes` in their place or, when there are none, `byte` everywhere.
struct Piece {
  Extent where;
  std::span<const std::byte> bytes;
  std::byte byte{};
};

inline constexpr std::uint32_t kBelief = 1U << 31;

inline bool asksForBelief(std::span<const std::byte> input) {
  return input.size() >= sizeof(le32) && (structAt<le32>(input, 0) & kBelief) != 0;
}

inline std::uint64_t patchedSize(std::span<const std::byte> input) {
  if (input.size() < sizeof(le32)) return 0;
  const std::uint32_t sectors = structAt<le32>(input, 0) & ~kBelief;
  return std::min(std::uint64_t{sectors} * 512, kLargestPatched);
}

// The pieces of an input, cut where the disk ends. They point into the input.
inline std::vector<Piece> piecesOf(std::span<const std::byte> input) {
  const std::uint64_t size = patchedSize(input);
  std::vector<Piece> pieces;
  input = input.subspan(std::min(input.size(), sizeof(le32)));
  while (input.size() > sizeof(PatchHead)) {
    const auto head = structAt<PatchHead>(input, 0);
    input = input.subspan(sizeof head);
    const std::uint64_t at = std::uint64_t{head.sector} * 512;
    const std::uint64_t room = at < size ? size - at : 0;
    std::size_t length = std::min<std::size_t>(head.length, input.size());
    if (head.length == kRun && input.size() >= sizeof(PatchRun)) {
      const auto run = structAt<PatchRun>(input, 0);
      length = sizeof run;
      const std::uint64_t count = std::min<std::uint64_t>(run.count, kLongestRun);
      pieces.push_back({{at, std::min(count, room)}, {}, std::byte{run.byte}});
    } else {
      const auto fits = static_cast<std::size_t>(std::min<std::uint64_t>(length, room));
      pieces.push_back({{at, fits}, input.first(fits)});
    }
    input = input.subspan(length);
  }
  std::erase_if(pieces, [](const Piece& piece) { return piece.where.empty(); });
  return pieces;
}

// The disk, read from the input itself, which has to outlive it. Making one costs next to nothing.
class PatchedDisk final : public BlockReader {
 public:
  explicit PatchedDisk(std::span<const std::byte> input)
      : size_(patchedSize(input)), pieces_(piecesOf(input)) {}

  std::string name() const override { return "patched"; }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sectorSize() const override { return 512; }

  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (!extentFits(offset, out.size(), size_)) {
      throw Error(ErrorKind::Invalid, name(), "read beyond the end");
    }
    std::fill(out.begin(), out.end(), std::byte{0});
    for (const Piece& piece : pieces_) {
      const Extent part = intersection(piece.where, {offset, out.size()});
      if (part.empty()) continue;
      const auto length = static_cast<std::size_t>(part.length);
      std::byte* to = out.data() + (part.offset - offset);
      if (piece.bytes.empty()) {
        std::memset(to, std::to_integer<int>(piece.byte), length);
      } else {
        std::memcpy(to, piece.bytes.data() + (part.offset - piece.where.offset), length);
      }
    }
  }

  Extent nextData(std::uint64_t from) const override {
    Extent next{size_, 0};
    for (const Piece& piece : pieces_) {
      if (piece.where.end() <= from || piece.where.offset >= next.offset) continue;
      const std::uint64_t start = std::max(from, piece.where.offset);
      next = {start, piece.where.end() - start};
    }
    return next;
  }

 private:
  std::uint64_t size_;
  std::vector<Piece> pieces_;
};

// The same disk, to be changed.
inline std::shared_ptr<SparseDisk> patchedDisk(std::span<const std::byte> input) {
  auto disk = std::make_shared<SparseDisk>(patchedSize(input));
  for (const Piece& piece : piecesOf(input)) {
    if (piece.bytes.empty()) {
      disk->put(piece.where.offset,
                std::vector(static_cast<std::size_t>(piece.where.length), piece.byte));
    } else {
      disk->put(piece.where.offset, piece.bytes);
    }
  }
  return disk;
}

}  // namespace disktwin::test
