// A part of the index: where the cells of a stretch of the disk are kept. docs/image-format.md,
// "INDX".
#pragma once

#include <algorithm>
#include <vector>

#include "image/format/head.h"
#include "platform/extent.h"

namespace disktwin::image {

struct Record {
  std::uint64_t offset = 0;    // on the disk
  std::uint64_t position = 0;  // of its frame
  std::uint32_t stored = 0;    // bytes of the frame
  std::uint32_t length = 0;    // on the disk
  std::uint32_t present = 0;   // chunks whose bytes are in the frame
  std::uint32_t zero = 0;      // chunks that are zeroes
  Hash128 storedHash;
  std::vector<Hash128> chunks;  // of the present ones
  // False when it was found by walking over a damaged image: no hash is known then.
  bool proven = true;
  // How far behind its place the frame was found in a damaged image of which bytes are missing
  // (modulo 2^64).
  std::uint64_t moved = 0;

  Extent disk() const { return {offset, length}; }
  bool isZeroRun() const { return present == 0 && zero == kAllZero; }
  // How many chunks a cell of this length has.
  std::uint32_t chunkCount() const {
    return static_cast<std::uint32_t>((std::uint64_t{length} + kChunkBytes - 1) / kChunkBytes);
  }
};

struct IndexPart {
  Extent covers;
  std::vector<Record> records;
};

inline constexpr std::size_t kRecordsInPart = 4096;

Bytes encodeIndexPart(const IndexPart& part);
// Checks all that can be checked without the frames themselves. Throws Error(Invalid) with
// `subject`.
IndexPart decodeIndexPart(ByteView body, const Head& head, std::uint64_t diskSize,
                          const std::string& subject);

// Bytes of the present chunks of a cell.
std::uint64_t presentBytes(std::uint32_t present, std::uint64_t length);
// The extent of a chunk inside its cell.
inline Extent chunkExtent(unsigned chunk, std::uint64_t cellLength) {
  const std::uint64_t from = std::uint64_t{chunk} * kChunkBytes;
  return {from, std::min<std::uint64_t>(kChunkBytes, cellLength - from)};
}
// Bytes that a cell of this length may take in the image: what does not compress, and what is
// around it. No image makes a reader take more memory.
std::uint64_t largestStored(std::uint64_t length);
// The mask of all chunks of a cell of that length.
std::uint32_t allChunks(std::uint64_t length);

}  // namespace disktwin::image
