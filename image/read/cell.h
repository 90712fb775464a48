// From a stored frame to the bytes of its cell.
#pragma once

#include <memory>

#include "image/format/head.h"
#include "image/format/index_part.h"
#include "image/format/seal.h"
#include "image/format/zstd.h"
#include "platform/aligned_buffer.h"
#include "platform/pool.h"

namespace disktwin::image {

// The head of a CHNK frame's body.
struct ChunksHead {
  le64 offset;
  le32 length;
  le32 present;
  le32 zero;
  le32 reserved;
};
static_assert(sizeof(ChunksHead) == 24);

// What a frame of data says of itself.
struct StoredCell {
  Extent disk;
  std::uint32_t present = 0;
  std::uint32_t zero = 0;
  Bytes opened;   // holds the body when it had to be unsealed
  ByteView zstd;  // the frame with the chunks; points into `opened` or into what was given

  // Nothing but zeroes: a run of cells, up to a GiB.
  bool isZeroRun() const { return present == 0 && zero == kAllZero; }
};

// Takes a CHNK frame apart. Throws Error(Invalid) with `subject`.
StoredCell openChunks(const OwnFrame& frame, const Head& head, const Key* key,
                      std::uint64_t diskSize, const std::string& subject);

// Puts the chunks of a cell at their places in `out` (as long as the cell); those that are not
// present become zeroes. False when the frame does not give exactly what it should. `hashes`, where
// they are wanted, become those of the present chunks, ascending; they and the hash of what is stored
// are then compared by whoever wants them, and zstd's own checksum is not.
bool decodeCell(const StoredCell& cell, bool open, Decompressor& zstd, std::span<std::byte> out,
                std::vector<Hash128>* hashes = nullptr);

// The same of a cell of an open image, whose frame comes a little at a time.
bool decodeCell(const Record& record, const Decompressor::Feed& feed, Decompressor& zstd,
                std::span<std::byte> out, std::vector<Hash128>* hashes);

// The hash of each present chunk, ascending.
std::vector<Hash128> chunkHashes(std::uint32_t present, ByteView cell);
// Which chunks of a cell are not zeroes.
std::uint32_t presentMask(ByteView cell);

// What decoding works with.
struct Decoder {
  Decompressor zstd;
  ReusedBuffer stored;  // what is at hand of the frame
  ReusedBuffer plain;   // for a cell that nobody keeps
};
// Of the whole process: one more than processors, so that those at work stay in the caches while
// other threads read and write.
Pool<Decoder>& decoders();

}  // namespace disktwin::image
