// The frames of a Zstandard file, one after another, ours and others.
#pragma once

#include <optional>

#include "image/format/own_frame.h"
#include "image/read/bytes.h"

namespace disktwin::image {

// A whole frame as it is stored.
struct RawFrame {
  enum class Kind { Own, Zstd, Skippable };
  Kind kind = Kind::Zstd;
  std::uint64_t position = 0;
  Bytes bytes;
};

// Reads frames of at most `largest` bytes. Not thread-safe.
class FrameStream {
 public:
  explicit FrameStream(ByteStream& in, std::uint64_t largest = kLargestOwnFrame + 8)
      : in_(in), largest_(largest) {}

  // nullopt at the end, when it comes between two frames. Throws Error(Invalid) when what comes is
  // no frame, is cut, or is larger than allowed. After that the stream is of no more use.
  std::optional<RawFrame> next();
  // Of the frame that next() will read.
  std::uint64_t position() const { return position_; }

 private:
  void readSkippable(RawFrame& frame);
  void readZstd(RawFrame& frame);
  // Reads `count` bytes more into the frame.
  void more(RawFrame& frame, std::uint64_t count);

  ByteStream& in_;
  const std::uint64_t largest_;
  std::uint64_t position_ = 0;
};

inline bool isSkippableMagic(std::uint32_t magic) {
  return (magic & 0xFFFFFFF0U) == 0x184D2A50U;
}

}  // namespace disktwin::image
