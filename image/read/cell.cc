#include "image/read/cell.h"

#include <fmt/format.h>

#include <cstring>

#include "clone/copy/sinks.h"
#include "clone/io/block_reader.h"
#include "platform/error.h"

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
  const std::uint32_t all = cell.isZeroRun() ? kAllZero : allChunks(at.length);
  check(((at.present | at.zero) & ~all) == 0 && (at.present & at.zero) == 0 &&
            (at.present != 0 || (at.zero != 0 && head.incremental())),
        "its chunks");
  check((at.present == 0) == cell.zstd.empty(), "its content");
  return cell;
}

bool decodeCell(const StoredCell& cell, bool open, Decompressor& zstd, std::span<std::byte> out) {
  if (open || cell.present == allChunks(cell.disk.length)) {
    return zstd.decompress(cell.zstd, out);
  }
  if (cell.present == 0) {
    std::memset(out.data(), 0, out.size());
    return true;
  }
  Bytes packed(static_cast<std::size_t>(presentBytes(cell.present, cell.disk.length)));
  if (!zstd.decompress(cell.zstd, packed)) return false;
  std::memset(out.data(), 0, out.size());
  std::size_t from = 0;
  for (unsigned chunk = 0; chunk < 32; ++chunk) {
    if ((cell.present >> chunk & 1) == 0) continue;
    const Extent to = chunkExtent(chunk, cell.disk.length);
    std::memcpy(out.data() + to.offset, packed.data() + from, static_cast<std::size_t>(to.length));
    from += static_cast<std::size_t>(to.length);
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

Decompressor& threadDecompressor() {
  thread_local Decompressor own;
  return own;
}

}  // namespace disktwin::image
