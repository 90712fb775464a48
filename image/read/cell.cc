#include "image/read/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "clone/copy/sinks.h"
#include "clone/io/block_reader.h"
#include "clone/io/hash.h"
#include "platform/error.h"
#include "platform/processors.h"

namespace disktwin::image {

StoredCell openChunks(const OwnFrame& frame, const Head& head, const Key* key,
                      std::uint64_t diskSize, const std::string& subject) {
  const auto check = [&](bool good, const char* what) {
    if (good) return;
    throw Error(ErrorKind::Invalid, subject,
                fmt::format("at byte {}: CHNK: {}", frame.position, what));
  };
  check(frame.kind == kChunks && frame.sealed == head.encrypted(), "not there, or not sealed");
  StoredCell cell;
  ByteView body = frame.body;
  if (frame.sealed) {
    cell.opened = key->unseal(frame.body, frame.prefix, subject);
    body = cell.opened;
  }
  check(body.size() >= sizeof(ChunksHead), "it is cut");
  const auto at = structAt<ChunksHead>(body, 0);
  cell.disk = {at.offset, at.length};
  cell.present = at.present;
  cell.zero = at.zero;
  cell.zstd = body.subspan(sizeof(ChunksHead));
  const std::uint64_t end = at.offset + at.length;
  check(at.reserved == 0 && at.length > 0 && at.offset % head.frameBytes == 0 &&
            extentFits(at.offset, at.length, diskSize) &&
            (end % head.frameBytes == 0 || end == diskSize),
        "its place on the disk");
  check(at.length <= (cell.isZeroRun() ? kLongestZeroRun : head.frameBytes), "its length");
  check(cell.zstd.size() <= largestStored(at.length), "how much is stored of it");
  const std::uint32_t all = cell.isZeroRun() ? kAllZero : allChunks(at.length);
  check(((at.present | at.zero) & ~all) == 0 && (at.present & at.zero) == 0 &&
            (at.present != 0 || (at.zero != 0 && head.incremental())),
        "its chunks");
  check((at.present == 0) == cell.zstd.empty(), "its content");
  return cell;
}

namespace {

// The hashes of chunks that come into being from the front.
class ChunkHasher {
 public:
  // `chunks`: their places in `bytes`, ascending.
  ChunkHasher(std::vector<Extent> chunks, ByteView bytes)
      : chunks_(std::move(chunks)), bytes_(bytes) {}

  void grown(std::uint64_t size) {
    for (; next_ < chunks_.size() && chunks_[next_].offset < size; ++next_) {
      const Extent& chunk = chunks_[next_];
      const std::uint64_t from = std::max(done_, chunk.offset);
      done_ = std::min(size, chunk.end());
      hasher_.add(
          bytes_.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(done_ - from)));
      if (done_ < chunk.end()) return;
      hashes_.push_back(hasher_.result());
      hasher_.reset();
    }
  }
  std::vector<Hash128> take() { return std::move(hashes_); }

 private:
  const std::vector<Extent> chunks_;
  const ByteView bytes_;
  std::size_t next_ = 0;
  std::uint64_t done_ = 0;  // bytes, up to which all is hashed
  Hasher hasher_;
  std::vector<Hash128> hashes_;
};

// Where the present chunks lie: in the cell, or one after another.
std::vector<Extent> placesOf(std::uint32_t present, std::uint64_t length, bool packed) {
  std::vector<Extent> out;
  std::uint64_t end = 0;
  for (unsigned chunk = 0; chunk < 32; ++chunk) {
    if ((present >> chunk & 1) == 0) continue;
    const Extent inCell = chunkExtent(chunk, length);
    out.push_back(packed ? Extent{end, inCell.length} : inCell);
    end = out.back().end();
  }
  return out;
}

// `frame`: where the bytes come from, in either form that the decompressor knows.
template <typename Frame>
bool decompress(const Frame& frame, std::vector<Extent> chunks, Decompressor& zstd,
                std::span<std::byte> out, std::vector<Hash128>* hashes) {
  if (!hashes) return zstd.decompress(frame, out);
  ChunkHasher hasher(std::move(chunks), out);
  if (!zstd.decompress(
          frame, out, [&](std::size_t size) { hasher.grown(size); },
          Decompressor::Checksum::PassedOver)) {
    return false;
  }
  *hashes = hasher.take();
  return true;
}

}  // namespace

bool decodeCell(const Record& record, const Decompressor::Feed& feed, Decompressor& zstd,
                std::span<std::byte> out, std::vector<Hash128>* hashes) {
  return decompress(feed, placesOf(record.present, record.length, false), zstd, out, hashes);
}

bool decodeCell(const StoredCell& cell, bool open, Decompressor& zstd, std::span<std::byte> out,
                std::vector<Hash128>* hashes) {
  const std::vector<Extent> to = placesOf(cell.present, cell.disk.length, false);
  if (open || cell.present == allChunks(cell.disk.length)) {
    return decompress(cell.zstd, to, zstd, out, hashes);
  }
  std::memset(out.data(), 0, out.size());
  if (cell.present == 0) return true;
  Bytes packed(static_cast<std::size_t>(presentBytes(cell.present, cell.disk.length)));
  const std::vector<Extent> from = placesOf(cell.present, cell.disk.length, true);
  if (!decompress(cell.zstd, from, zstd, packed, hashes)) return false;
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::memcpy(out.data() + to[i].offset, packed.data() + from[i].offset,
                static_cast<std::size_t>(to[i].length));
  }
  return true;
}

namespace {

ByteView chunkOf(ByteView cell, unsigned chunk) {
  const Extent at = chunkExtent(chunk, cell.size());
  return cell.subspan(static_cast<std::size_t>(at.offset), static_cast<std::size_t>(at.length));
}

}  // namespace

std::vector<Hash128> chunkHashes(std::uint32_t present, ByteView cell) {
  std::vector<Hash128> out;
  for (unsigned chunk = 0; chunk < 32; ++chunk) {
    if ((present >> chunk & 1) != 0) out.push_back(hashOf(chunkOf(cell, chunk)));
  }
  return out;
}

std::uint32_t presentMask(ByteView cell) {
  std::uint32_t mask = 0;
  for (unsigned chunk = 0; std::uint64_t{chunk} * kChunkBytes < cell.size(); ++chunk) {
    if (!copy::isZero(chunkOf(cell, chunk))) mask |= 1U << chunk;
  }
  return mask;
}

Pool<Decoder>& decoders() {
  static Pool<Decoder> all(usableProcessors() + 1, [] { return std::make_unique<Decoder>(); });
  return all;
}

}  // namespace disktwin::image
