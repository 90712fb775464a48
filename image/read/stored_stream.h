// The stored bytes of one frame, a little at a time, so that they are still in the processor's
// caches when they are hashed and decompressed.
#pragma once

#include "clone/io/hash.h"
#include "image/format/own_frame.h"
#include "image/read/bytes.h"
#include "platform/aligned_buffer.h"
#include "platform/extent.h"

namespace disktwin::image {

// Not thread-safe. `image` and `room` have to outlive it.
class StoredStream {
 public:
  // `frame` lies within the image. `room` holds what is at hand.
  StoredStream(const ImageBytes& image, Extent frame, ReusedBuffer& room);

  // Exactly the next `count` bytes, valid until the next call; empty when there are fewer, or when
  // so many do not fit (256 KiB always do). Throws what reading throws.
  ByteView next(std::size_t count);
  bool atEnd() const { return begin_ == end_ && left_.empty(); }
  // Of the whole frame: reads what is left.
  Hash128 hash();

 private:
  void readMore(std::size_t count);

  const ImageBytes& image_;
  Extent left_;  // not read yet
  std::span<std::byte> room_;
  std::size_t begin_ = 0;  // what is read and was not given lies in room_[begin_, end_)
  std::size_t end_ = 0;
  Hasher hasher_;
};

}  // namespace disktwin::image
