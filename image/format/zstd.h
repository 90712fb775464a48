// The Zstandard library as we use it: whole frames of known size.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "image/format/own_frame.h"

namespace disktwin::image {

// Not thread-safe. Throws Error(Failed) when the library fails.
class Compressor {
 public:
  explicit Compressor(int level);
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  // One frame with its content size and checksum, added to `out`. What seems not to compress is
  // not tried for long.
  void compress(ByteView plain, Bytes& out);

 private:
  bool seemsDense(ByteView plain);
  struct State;
  std::unique_ptr<State> state_;
};

// Not thread-safe.
class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Called with how many bytes of `out` are there, a block (128 KiB) more each time: what looks at
  // them then finds them in the processor's caches.
  using Grown = std::function<void(std::size_t)>;
  // Gives exactly so many bytes of the frame, the next each time, valid until it is called again;
  // none where there are not as many, or more than 256 KiB are asked for: no frame of data does
  // that.
  using Feed = std::function<ByteView(std::size_t)>;
  // What becomes of a frame's own checksum of its content. It takes a sixth of the time of frames
  // that do not compress, and is for nothing where a hash of the frame and one of what it gives are
  // compared with those of when it was made.
  enum class Checksum { Compared, PassedOver };
  // One frame that gives exactly `out.size()` bytes; false when it does not, or its header is not
  // as docs/image-format.md has it. Nothing behind the frame is asked for.
  bool decompress(const Feed& feed, std::span<std::byte> out, const Grown& grown = {},
                  Checksum checksum = Checksum::Compared);
  // The same of a frame with nothing behind it.
  bool decompress(ByteView frame, std::span<std::byte> out, const Grown& grown = {},
                  Checksum checksum = Checksum::Compared);
  // Whether the frame is whole, has such a header too, and gives `length` zeroes.
  bool givesZeroes(ByteView frame, std::uint64_t length);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// How large the frame is that begins here, by walking over its blocks; nullopt when the bytes end
// before it does or are no frame.
std::optional<std::uint64_t> zstdFrameSize(ByteView bytes);
// What it decompresses to, as its header says; nullopt when it does not say.
std::optional<std::uint64_t> zstdContentSize(ByteView bytes);

// A frame of `length` zeroes, made without compressing any: RLE blocks. Always the same bytes.
// At most kLongestZeroRun.
Bytes makeZeroFrame(std::uint64_t length);
// Bytes of such a frame.
std::uint64_t zeroFrameSize(std::uint64_t length);

}  // namespace disktwin::image
