#include "image/write/capture_sink.h"

#include <utility>

#include "image/read/cell.h"

namespace disktwin::image {
namespace {

struct PreparedCell final : copy::Sink::Prepared {
  EncodedCell cell;
  bool zeroes = false;  // all of it
};

}  // namespace

CaptureSink::CaptureSink(ImageWriter& writer, const Head& head, int level,
                         const ParentChunks* parent, const Replay* replay, unsigned compressors)
    : writer_(writer),
      head_(head),
      parent_(parent),
      replay_(replay),
      compressors_(compressors, [level] { return std::make_unique<Compressor>(level); }) {}

std::unique_ptr<copy::Sink::Prepared> CaptureSink::prepare(const copy::Block& block,
                                                           std::span<const std::byte> data) {
  auto out = std::make_unique<PreparedCell>();
  Record& record = out->cell.record;
  record.offset = block.source.offset;
  record.length = static_cast<std::uint32_t>(block.source.length);
  record.present = presentMask(data);
  record.zero = allChunks(record.length) & ~record.present;
  if (record.present != 0) record.chunks = chunkHashes(record.present, data);
  if (parent_) compareWithParent(record);
  if (record.present != 0) {
    encode(out->cell, data);
  } else {
    out->zeroes = record.zero == allChunks(record.length);
  }
  return out;
}

// Takes out what the parent has as well.
void CaptureSink::compareWithParent(Record& record) const {
  std::vector<Hash128> changed;
  std::size_t next = 0;
  for (unsigned chunk = 0; chunk < record.chunkCount(); ++chunk) {
    const std::uint32_t bit = 1U << chunk;
    const std::optional<Hash128> before =
        parent_->chunkAt(record.offset + std::uint64_t{chunk} * kChunkBytes);
    if ((record.present & bit) == 0) {
      if (!before) record.zero &= ~bit;
      continue;
    }
    const Hash128& now = record.chunks[next++];
    if (before == now) {
      record.present &= ~bit;
    } else {
      changed.push_back(now);
    }
  }
  record.chunks = std::move(changed);
}

Bytes CaptureSink::gather(const Record& record, ByteView data) const {
  Bytes out;
  out.reserve(static_cast<std::size_t>(image::presentBytes(record.present, record.length)));
  for (unsigned chunk = 0; chunk < record.chunkCount(); ++chunk) {
    if ((record.present >> chunk & 1) == 0) continue;
    const Extent at = chunkExtent(chunk, record.length);
    const ByteView bytes =
        data.subspan(static_cast<std::size_t>(at.offset), static_cast<std::size_t>(at.length));
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

void CaptureSink::encode(EncodedCell& cell, ByteView data) {
  const Record& record = cell.record;
  Bytes gathered;
  ByteView plain = data;
  if (!head_.open() && record.present != allChunks(record.length)) {
    gathered = gather(record, data);
    plain = gathered;
  }
  if (replay_) cell.stored = replay_->find(record, plain, cell.payload);
  if (cell.stored) return;
  if (!head_.open()) {
    append(cell.payload, ChunksHead{record.offset, record.length, record.present, record.zero, 0U});
  }
  compressors_.take()->compress(plain, cell.payload);
}

void CaptureSink::commit(const copy::Block& block, std::unique_ptr<Prepared> prepared) {
  auto& own = static_cast<PreparedCell&>(*prepared);
  const Record& record = own.cell.record;
  if (record.present != 0) {
    writer_.add(std::move(own.cell));
  } else if (parent_ && own.zeroes) {
    writer_.addZeroes(block.source);
  } else if (parent_ && record.zero != 0) {
    writer_.addMask(record);
  }
}

}  // namespace disktwin::image
