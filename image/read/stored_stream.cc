#include "image/read/stored_stream.h"

#include <algorithm>
#include <cstring>

namespace disktwin::image {
namespace {

// As much again as the largest block of zstd, so that few bytes have to be moved to the front.
constexpr std::size_t kRoom = 256U << 10;

}  // namespace

StoredStream::StoredStream(const ImageBytes& image, Extent frame, ReusedBuffer& room)
    : image_(image), left_(frame), room_(room.take(kRoom)) {}

void StoredStream::readMore(std::size_t count) {
  const std::span<std::byte> piece = room_.subspan(end_, count);
  image_.readAt(left_.offset, piece);
  hasher_.add(piece);
  end_ += count;
  left_ = {left_.offset + count, left_.length - count};
}

ByteView StoredStream::next(std::size_t count) {
  const std::size_t have = end_ - begin_;
  if (count > room_.size() || count > have + left_.length) return {};
  if (count > have) {
    std::memmove(room_.data(), room_.data() + begin_, have);
    begin_ = 0;
    end_ = have;
    readMore(static_cast<std::size_t>(std::min<std::uint64_t>(room_.size() - have, left_.length)));
  }
  begin_ += count;
  return room_.subspan(begin_ - count, count);
}

Hash128 StoredStream::hash() {
  while (!left_.empty()) {
    begin_ = end_ = 0;
    readMore(static_cast<std::size_t>(std::min<std::uint64_t>(room_.size(), left_.length)));
  }
  return hasher_.result();
}

}  // namespace disktwin::image
