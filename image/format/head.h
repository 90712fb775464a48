// The first frame of an image: what kind it is and how its key is had. docs/image-format.md,
// "HEAD".
#pragma once

#include <optional>

#include "image/format/own_frame.h"

namespace disktwin::image {

// How a key comes from a passphrase, and the key itself, sealed with that.
struct KeyBox {
  std::uint32_t passes = 0;
  std::uint64_t memory = 0;  // bytes
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 24> nonce{};
  std::array<std::uint8_t, 48> sealed{};
};

struct ParentKey {
  ImageId id{};
  Hash128 seal;  // the hash at the end of its FOOT frame
};

struct Head {
  ImageId id{};
  std::uint32_t frameBytes = 0;
  std::uint64_t diskSize = 0;  // 0 when encrypted
  std::optional<ParentKey> parent;
  std::optional<KeyBox> keyBox;

  bool encrypted() const { return keyBox.has_value(); }
  bool incremental() const { return parent.has_value(); }
  // Whether the chunks lie in Zstandard frames, so that `zstd -dc` gives the disk.
  bool open() const { return !encrypted() && !incremental(); }
};

inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::uint32_t kChunkBytes = 1U << 20;
inline constexpr std::uint32_t kLargestCell = 16U << 20;
inline constexpr std::uint64_t kLongestZeroRun = 1U << 30;
inline constexpr std::uint32_t kAllZero = 0xFFFFFFFF;

Bytes encodeHead(const Head& head);
// Throws Error(Invalid) with `subject`.
Head decodeHead(const OwnFrame& frame, const std::string& subject);

}  // namespace disktwin::image
