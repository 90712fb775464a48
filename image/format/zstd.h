// The Zstandard library as we use it: whole frames of known size, one context for each thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "image/format/own_frame.h"

namespace disktwin::image {

// Not thread-safe: one for each thread. Throws Error(Failed) when the library fails.
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

// Not thread-safe: one for each thread.
class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Exactly one frame that gives exactly `out.size()` bytes; false when it does not.
  bool decompress(ByteView frame, std::span<std::byte> out);
  // Whether the frame is whole and gives `length` zeroes.
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
