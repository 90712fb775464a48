#include "image/format/own_frame.h"

#include <fmt/format.h>

#include <cstring>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

[[noreturn]] void invalid(const std::string& subject, std::uint64_t position,
                          const std::string& what) {
  throw Error(ErrorKind::Invalid, subject, fmt::format("at byte {}: {}", position, what));
}

}  // namespace

std::string toString(const ImageId& id) {
  std::string out;
  for (const std::uint8_t byte : id) out += fmt::format("{:02x}", byte);
  return out;
}

bool isKnown(Kind kind) {
  for (const Kind known : {kHead, kInfo, kTable, kMap, kChunks, kIndex, kVolume, kFoot}) {
    if (kind == known) return true;
  }
  return false;
}

std::string nameOf(Kind kind) {
  if (!isKnown(kind)) return fmt::format("0x{:08x}", static_cast<std::uint32_t>(kind));
  std::string out;
  for (auto rest = static_cast<std::uint32_t>(kind); rest != 0; rest >>= 8) {
    out += static_cast<char>(rest & 0xFF);
  }
  return out;
}

bool looksOwn(ByteView bytes) {
  if (bytes.size() < sizeof(FramePrefix)) return false;
  const auto prefix = structAt<FramePrefix>(bytes, 0);
  return prefix.magic == kOurMagic && prefix.tag == kFrameTag;
}

std::optional<std::uint64_t> ownFrameSize(ByteView head) {
  if (head.size() < 8) return std::nullopt;
  const std::uint64_t size = 8 + std::uint64_t{structAt<le32>(head, 4).value()};
  if (structAt<le32>(head, 0) != kOurMagic || size < kOwnOverhead || size > kLargestOwnFrame + 8) {
    return std::nullopt;
  }
  return size;
}

OwnFrame parseOwnFrame(ByteView bytes, std::uint64_t position, const std::optional<ImageId>& id,
                       const std::string& subject) {
  if (ownFrameSize(bytes) != bytes.size() || !looksOwn(bytes)) {
    invalid(subject, position, "not a frame of a Disktwin image, expected one");
  }
  const auto prefix = structAt<FramePrefix>(bytes, 0);
  OwnFrame frame;
  frame.kind = Kind{prefix.kind.value()};
  const std::string name = isKnown(frame.kind) ? nameOf(frame.kind) : "a frame of an unknown kind";
  const std::size_t hashed = bytes.size() - sizeof(StoredHash);
  frame.hash = structAt<StoredHash>(bytes, hashed);
  if (hashOf(bytes.first(hashed)) != frame.hash) {
    invalid(subject, position, fmt::format("{} is damaged: its hash does not match", name));
  }
  if (id && prefix.id != *id) {
    invalid(subject, position,
            fmt::format("{} belongs to the image {}, expected {}", name, toString(prefix.id),
                        toString(*id)));
  }
  if (prefix.position != position) {
    invalid(subject, position,
            fmt::format("{} belongs at byte {} of the image", name, prefix.position.value()));
  }
  if (!isKnown(frame.kind) || (prefix.flags & ~kSealedFlag) != 0) {
    invalid(subject, position,
            fmt::format("{} with flags {:#x}: made by a newer version of the program", name,
                        prefix.flags.value()));
  }
  frame.sealed = (prefix.flags & kSealedFlag) != 0;
  frame.id = prefix.id;
  frame.position = position;
  frame.prefix = bytes.first(sizeof(FramePrefix));
  frame.body = bytes.subspan(sizeof(FramePrefix), bytes.size() - kOwnOverhead);
  return frame;
}

FramePrefix makePrefix(Kind kind, bool sealed, const ImageId& id, std::uint64_t position,
                       std::size_t bodySize) {
  FramePrefix prefix{};
  prefix.magic = kOurMagic;
  prefix.follows = static_cast<std::uint32_t>(bodySize + kOwnOverhead - 8);
  prefix.tag = kFrameTag;
  prefix.kind = static_cast<std::uint32_t>(kind);
  prefix.flags = sealed ? kSealedFlag : 0;
  prefix.id = id;
  prefix.position = position;
  return prefix;
}

Bytes assembleFrame(const FramePrefix& prefix, ByteView body) {
  Bytes out;
  out.reserve(body.size() + kOwnOverhead);
  append(out, prefix);
  out.insert(out.end(), body.begin(), body.end());
  append(out, StoredHash(hashOf(out)));
  return out;
}

}  // namespace disktwin::image
