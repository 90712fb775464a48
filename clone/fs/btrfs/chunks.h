// Chunks: how logical addresses, which all of Btrfs speaks in, lie on the devices, seen from one
// device.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "clone/fs/btrfs/ondisk.h"
#include "clone/io/extent_set.h"

namespace disktwin::fs::btrfs {

struct Chunk {
  enum class Layout : std::uint8_t {
    Copies,   // each device has all of it: single, DUP, RAID1 of every kind
    Striped,  // 64 KiB at a time go to one column after the other: RAID0, RAID10
    Parity,   // the same, with rotating parity: RAID5, RAID6
  };
  Extent logical;
  std::uint64_t type = 0;
  Layout layout = Layout::Copies;
  std::uint32_t columns = 1;       // of data, in Striped and Parity
  std::uint64_t deviceLength = 0;  // bytes on each device
  std::uint32_t firstPiece = 0;    // of ChunkMap's pieces
  std::uint32_t pieces = 0;
};

// What lies on this device of a chunk.
struct Piece {
  std::uint64_t offset = 0;
  std::uint32_t column = 0;  // of Striped
};

// The device that is read, by what its superblock says.
struct ThisDevice {
  std::uint64_t id = 0;
  Uuid uuid{};
  std::uint64_t size = 0;
  std::uint32_t sectorSize = 0;
};

// Concurrent reads are fine.
class ChunkMap {
 public:
  explicit ChunkMap(ThisDevice device) : device_(device) {}

  // Adds the chunk at `logical` that `item` describes, in ascending order of addresses. Throws
  // Unproven when the description is impossible, or overlaps the one before.
  void add(std::uint64_t logical, std::span<const std::byte> item);

  const ThisDevice& device() const { return device_; }
  const std::vector<Chunk>& chunks() const { return chunks_; }
  std::span<const Piece> piecesOf(const Chunk& chunk) const {
    return std::span(pieces_).subspan(chunk.firstPiece, chunk.pieces);
  }

  // The chunk that holds all of the range; null when there is none.
  const Chunk* find(Extent logical) const;

  // Where on this device copies of the range begin that can be read in one go. Empty when they lie
  // on other devices only, or are cut up.
  std::vector<std::uint64_t> copiesOf(Extent logical) const;

  // Calls `use` with every extent of this device that holds a part of `range`, which must lie in
  // the chunk. Of parity layouts these are whole rows, with the parity.
  void project(const Chunk& chunk, Extent range, const std::function<void(Extent)>& use) const;

  // Throws Unproven when pieces overlap or do not add up to what the device has given to chunks.
  void requireDeviceBytes(std::uint64_t allocated) const;

 private:
  void addPieces(Chunk& chunk, const ChunkHeader& header, std::span<const std::byte> stripes);

  ThisDevice device_;
  std::vector<Chunk> chunks_;
  std::vector<Piece> pieces_;
};

}  // namespace disktwin::fs::btrfs
