#include "image/read/frame_stream.h"

#include <fmt/format.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

constexpr std::size_t kBlockHeader = 3;
constexpr std::size_t kContentChecksum = 4;

[[noreturn]] void invalid(const ByteStream& in, std::uint64_t position, const std::string& what) {
  throw Error(ErrorKind::Invalid, in.name(), fmt::format("at byte {}: {}", position, what));
}

}  // namespace

void FrameStream::more(RawFrame& frame, std::uint64_t count) {
  const std::size_t before = frame.bytes.size();
  if (count > largest_ - before) {
    invalid(in_, frame.position, fmt::format("a frame of more than {} bytes", largest_));
  }
  frame.bytes.resize(before + static_cast<std::size_t>(count));
  const std::size_t got = in_.read(std::span(frame.bytes).subspan(before));
  if (got != count) {
    invalid(in_, frame.position,
            fmt::format("it ends at byte {}, in the midst of a frame: it is cut",
                        frame.position + before + got));
  }
}

std::optional<RawFrame> FrameStream::next() {
  RawFrame frame;
  frame.position = position_;
  frame.bytes.resize(4);
  const std::size_t got = in_.read(frame.bytes);
  if (got == 0) return std::nullopt;
  if (got < 4) invalid(in_, position_, "it ends in the midst of a frame: it is cut");
  const std::uint32_t magic = structAt<le32>(frame.bytes, 0);
  if (isSkippableMagic(magic)) {
    readSkippable(frame);
  } else if (magic == kZstdMagic) {
    readZstd(frame);
  } else {
    invalid(in_, position_, fmt::format("0x{:08x}, expected the beginning of a frame", magic));
  }
  position_ += frame.bytes.size();
  return frame;
}

void FrameStream::readSkippable(RawFrame& frame) {
  more(frame, 4);
  more(frame, structAt<le32>(frame.bytes, 4));
  frame.kind = looksOwn(frame.bytes) ? RawFrame::Kind::Own : RawFrame::Kind::Skippable;
}

// RFC 8878, 3.1.1: a header of 2 to 14 bytes behind the magic, blocks, a checksum if the header
// says so.
void FrameStream::readZstd(RawFrame& frame) {
  frame.kind = RawFrame::Kind::Zstd;
  more(frame, ZSTD_FRAMEHEADERSIZE_MIN(ZSTD_f_zstd1) - 4);
  ZSTD_frameHeader header{};
  while (true) {
    const std::size_t wanted = ZSTD_getFrameHeader(&header, frame.bytes.data(), frame.bytes.size());
    if (ZSTD_isError(wanted) != 0) invalid(in_, frame.position, "a broken frame header");
    if (wanted == 0) break;
    more(frame, wanted - frame.bytes.size());
  }
  while (true) {
    const std::size_t at = frame.bytes.size();
    more(frame, kBlockHeader);
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(frame.bytes[at + i]);
    };
    const std::uint32_t block = byte(0) | byte(1) << 8 | byte(2) << 16;
    const std::uint32_t type = block >> 1 & 3;
    if (type == 3) invalid(in_, frame.position, "a block of a reserved type");
    more(frame, type == 1 ? 1 : block >> 3);
    if ((block & 1) != 0) break;
  }
  if (header.checksumFlag != 0) more(frame, kContentChecksum);
}

}  // namespace disktwin::image
