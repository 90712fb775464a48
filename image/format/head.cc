#include "image/format/head.h"

#include <fmt/format.h>

#include <bit>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

struct HeadBody {
  le32 version;
  le32 flags;
  le32 frameBytes;
  le32 chunkBytes;
  le64 diskSize;
  ImageId parent;
  StoredHash parentSeal;
  le32 derivation;
  le32 passes;
  le64 memory;
  std::array<std::uint8_t, 16> salt;
  std::array<std::uint8_t, 24> nonce;
  std::array<std::uint8_t, 48> sealed;
};
static_assert(sizeof(HeadBody) == 160);

constexpr std::uint32_t kIncremental = 1;
constexpr std::uint32_t kEncrypted = 2;
constexpr std::uint32_t kArgon2id = 1;
// What a hostile file may make us spend on its key.
constexpr std::uint32_t kMostPasses = 16;
constexpr std::uint64_t kMostMemory = 1ULL << 30;

void check(bool good, const std::string& subject, const std::string& what) {
  if (!good) throw Error(ErrorKind::Invalid, subject, "HEAD: " + what);
}

}  // namespace

Bytes encodeHead(const Head& head) {
  HeadBody body{};
  body.version = kFormatVersion;
  body.flags = (head.incremental() ? kIncremental : 0) | (head.encrypted() ? kEncrypted : 0);
  body.frameBytes = head.frameBytes;
  body.chunkBytes = kChunkBytes;
  body.diskSize = head.encrypted() ? 0 : head.diskSize;
  if (head.parent) {
    body.parent = head.parent->id;
    body.parentSeal = head.parent->seal;
  }
  if (head.keyBox) {
    body.derivation = kArgon2id;
    body.passes = head.keyBox->passes;
    body.memory = head.keyBox->memory;
    body.salt = head.keyBox->salt;
    body.nonce = head.keyBox->nonce;
    body.sealed = head.keyBox->sealed;
  }
  Bytes out;
  append(out, body);
  return out;
}

Head decodeHead(const OwnFrame& frame, const std::string& subject) {
  check(frame.kind == kHead && !frame.sealed && frame.body.size() >= 4, subject, "not there");
  const std::uint32_t version = structAt<le32>(frame.body, 0);
  check(version == kFormatVersion, subject,
        fmt::format("format version {}, expected {}: made by a newer version of the program",
                    version, kFormatVersion));
  check(frame.body.size() == sizeof(HeadBody), subject,
        fmt::format("{} bytes, expected {}", frame.body.size(), sizeof(HeadBody)));
  const auto body = structAt<HeadBody>(frame.body, 0);
  check((body.flags & ~(kIncremental | kEncrypted)) == 0, subject,
        fmt::format("flags {:#x}: made by a newer version of the program", body.flags.value()));
  Head head;
  head.id = frame.id;
  head.frameBytes = body.frameBytes;
  check(
      std::has_single_bit(head.frameBytes) && head.frameBytes >= kChunkBytes &&
          head.frameBytes <= kLargestCell && body.chunkBytes == kChunkBytes,
      subject,
      fmt::format("frames of {} bytes and chunks of {}", head.frameBytes, body.chunkBytes.value()));
  head.diskSize = body.diskSize;
  if ((body.flags & kIncremental) != 0) head.parent = ParentKey{body.parent, body.parentSeal};
  if ((body.flags & kEncrypted) != 0) {
    check(body.derivation == kArgon2id && body.passes >= 1 && body.passes <= kMostPasses &&
              body.memory >= 8192 && body.memory <= kMostMemory,
          subject,
          fmt::format("key derivation {} with {} passes over {} bytes", body.derivation.value(),
                      body.passes.value(), body.memory.value()));
    head.keyBox = KeyBox{body.passes, body.memory, body.salt, body.nonce, body.sealed};
    check(head.diskSize == 0, subject, "an encrypted image that tells the size of its disk");
  } else {
    check(head.diskSize != 0, subject, "a disk of 0 bytes");
  }
  return head;
}

}  // namespace disktwin::image
