// The sink of a capture: hashes and compresses cells on many threads, writes them in order.
#pragma once

#include "clone/copy/pipeline.h"
#include "image/format/zstd.h"
#include "image/write/writer.h"
#include "platform/pool.h"

namespace disktwin::image {

// What a parent holds of a chunk of the disk. Thread-safe.
class ParentChunks {
 public:
  virtual ~ParentChunks() = default;
  // nullopt: zeroes.
  virtual std::optional<Hash128> chunkAt(std::uint64_t diskOffset) const = 0;
};

class CaptureSink final : public copy::Sink {
 public:
  // `parent` and `replay` may be null. `compressors`: cells that are compressed at once.
  CaptureSink(ImageWriter& writer, const Head& head, int level, const ParentChunks* parent,
              const Replay* replay, unsigned compressors);

  std::unique_ptr<Prepared> prepare(const copy::Block& block,
                                    std::span<const std::byte> data) override;
  void commit(const copy::Block& block, std::unique_ptr<Prepared> prepared) override;

 private:
  void compareWithParent(Record& record) const;
  Bytes gather(const Record& record, ByteView data) const;
  void encode(EncodedCell& cell, ByteView data);

  ImageWriter& writer_;
  const Head& head_;
  const ParentChunks* parent_;
  const Replay* replay_;
  // Threads that wait for one have read their cell meanwhile.
  Pool<Compressor> compressors_;
};

}  // namespace disktwin::image
