// Frames of ours: skippable to every decoder of Zstandard, each with an id, its place and a hash.
// Specified in docs/image-format.md, "Frames of ours".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clone/io/endian.h"
#include "clone/io/hash.h"

namespace disktwin::image {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

// The random number that all frames of an image share.
using ImageId = std::array<std::uint8_t, 16>;
std::string toString(const ImageId& id);  // 32 hexadecimal digits

enum class Kind : std::uint32_t {};
constexpr Kind kindOf(const char (&name)[5]) {
  Kind out{};
  for (int i = 3; i >= 0; --i) {
    out = Kind{static_cast<std::uint32_t>(out) << 8 | static_cast<unsigned char>(name[i])};
  }
  return out;
}
inline constexpr Kind kHead = kindOf("HEAD");
inline constexpr Kind kInfo = kindOf("INFO");
inline constexpr Kind kTable = kindOf("TABL");
inline constexpr Kind kMap = kindOf("UMAP");
inline constexpr Kind kChunks = kindOf("CHNK");
inline constexpr Kind kIndex = kindOf("INDX");
inline constexpr Kind kVolume = kindOf("VOLM");
inline constexpr Kind kFoot = kindOf("FOOT");
bool isKnown(Kind kind);
std::string nameOf(Kind kind);

// Behind the size of every frame of ours.
inline constexpr std::array<char, 8> kFrameTag{'D', 'i', 's', 'k', 't', 'w', 'i', 'n'};
inline constexpr std::uint32_t kOurMagic = 0x184D2A5D;
inline constexpr std::uint32_t kZstdMagic = 0xFD2FB528;
inline constexpr std::uint64_t kLargestOwnFrame = 64U << 20;

// A hash as it is stored: canonical, so the high half first, big-endian.
struct StoredHash {
  be64 high;
  be64 low;
  StoredHash() = default;
  StoredHash(const Hash128& hash) : high(hash.high), low(hash.low) {}  // NOLINT: meant to convert
  operator Hash128() const { return {high, low}; }                     // NOLINT: meant to convert
};
static_assert(sizeof(StoredHash) == 16);

struct FramePrefix {
  le32 magic;
  le32 follows;  // bytes behind this field
  std::array<char, 8> tag;
  le32 kind;
  le32 flags;
  ImageId id;
  le64 position;
};
static_assert(sizeof(FramePrefix) == 48);

inline constexpr std::uint32_t kSealedFlag = 1;
inline constexpr std::size_t kOwnOverhead = sizeof(FramePrefix) + sizeof(StoredHash);

// A frame taken apart; the body is still sealed when `sealed` says so.
struct OwnFrame {
  Kind kind{};
  bool sealed = false;
  ImageId id{};
  std::uint64_t position = 0;
  ByteView prefix;  // what a sealed body is bound to
  ByteView body;
  Hash128 hash;  // the one at its end
};

// Whether the bytes begin like one of our frames, whatever may be wrong with the rest.
bool looksOwn(ByteView bytes);
// Bytes of the whole frame by its first 8 bytes; nullopt when it cannot be one of ours.
std::optional<std::uint64_t> ownFrameSize(ByteView head);

// Takes a whole frame apart. Throws Error(Invalid) with `subject` when it is not one, when its hash
// or position is wrong, or when it belongs to another image than `id`. The views point into
// `bytes`.
OwnFrame parseOwnFrame(ByteView bytes, std::uint64_t position, const std::optional<ImageId>& id,
                       const std::string& subject);

// The prefix of a frame with a body of `bodySize` bytes.
FramePrefix makePrefix(Kind kind, bool sealed, const ImageId& id, std::uint64_t position,
                       std::size_t bodySize);
// The whole frame.
Bytes assembleFrame(const FramePrefix& prefix, ByteView body);

// Adds a structure's bytes.
template <typename T>
void append(Bytes& out, const T& value) {
  const std::size_t at = out.size();
  out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

}  // namespace disktwin::image
