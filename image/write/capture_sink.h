// The sink of a capture: hashes and compresses cells on many threads, writes them in order.
#pragma once

#include <mutex>
#include <vector>

#include "clone/copy/pipeline.h"
#include "image/write/writer.h"

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
  // `parent` and `replay` may be null.
  CaptureSink(ImageWriter& writer, const Head& head, int level, const ParentChunks* parent,
              const Replay* replay);
  ~CaptureSink() override;

  std::unique_ptr<Prepared> prepare(const copy::Block& block,
                                    std::span<const std::byte> data) override;
  void commit(const copy::Block& block, std::unique_ptr<Prepared> prepared) override;

 private:
  void compareWithParent(Record& record) const;
  Bytes gather(const Record& record, ByteView data) const;
  void compress(ByteView plain, Bytes& out);
  void encode(EncodedCell& cell, ByteView data);

  ImageWriter& writer_;
  const Head& head_;
  const int level_;
  const ParentChunks* parent_;
  const Replay* replay_;
  std::mutex mutex_;  // guards idle_
  std::vector<std::unique_ptr<class Compressor>> idle_;
};

}  // namespace disktwin::image
