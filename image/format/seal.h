// Sealing of frame bodies with a key that a passphrase opens. docs/image-format.md, "Frames of
// ours" and "HEAD". The cryptography is libsodium's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "image/format/head.h"

namespace disktwin::image {

inline constexpr std::size_t kSealOverhead = 24 + 16;  // nonce and tag

// What deriving a key from a passphrase costs.
struct KeyCost {
  std::uint32_t passes = 3;
  std::uint64_t memory = 256U << 20;  // bytes
};

// A key in memory that is wiped when it goes. Thread-safe: nothing changes it.
class Key {
 public:
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key();

  // A new random key, and the box in which the passphrase keeps it.
  static std::shared_ptr<const Key> create(const std::string& passphrase, const ImageId& id,
                                           KeyBox& box, const KeyCost& cost = {});
  // Throws Error(Refused) with `subject` when the passphrase is wrong.
  static std::shared_ptr<const Key> open(const std::string& passphrase, const ImageId& id,
                                         const KeyBox& box, const std::string& subject);

  // Nonce, ciphertext and tag; `bound` is authenticated with it.
  Bytes seal(ByteView plain, ByteView bound) const;
  // Throws Error(Invalid) with `subject` when anything was changed.
  Bytes unseal(ByteView sealed, ByteView bound, const std::string& subject) const;

 private:
  Key() = default;
  std::array<std::uint8_t, 32> bytes_{};
};

void fillRandom(std::span<std::uint8_t> out);

// Overwrites the passphrase in memory.
void forget(std::string& secret);

}  // namespace disktwin::image
