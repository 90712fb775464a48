#include "image/format/seal.h"

#include <sodium.h>

#include <cstring>
#include <new>

#include "platform/error.h"

namespace disktwin::image {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonce + kTag == kSealOverhead);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);
static_assert(crypto_pwhash_SALTBYTES == 16);

void ready() {
  if (sodium_init() < 0) throw Error(ErrorKind::Failed, "libsodium", "cannot be used here");
}

const unsigned char* raw(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// What the passphrase alone gives; wiped when it goes.
struct PassKey {
  std::array<std::uint8_t, 32> bytes{};
  PassKey(const std::string& passphrase, const KeyBox& box) {
    if (crypto_pwhash(bytes.data(), bytes.size(), passphrase.data(), passphrase.size(),
                      box.salt.data(), box.passes, static_cast<std::size_t>(box.memory),
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
      throw std::bad_alloc();
    }
  }
  PassKey(const PassKey&) = delete;
  PassKey& operator=(const PassKey&) = delete;
  ~PassKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

}  // namespace

void fillRandom(std::span<std::uint8_t> out) {
  ready();
  randombytes_buf(out.data(), out.size());
}

void forget(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

Key::~Key() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

std::shared_ptr<const Key> Key::create(const std::string& passphrase, const ImageId& id,
                                       KeyBox& box, const KeyCost& cost) {
  ready();
  std::shared_ptr<Key> key(new Key);
  fillRandom(key->bytes_);
  box.passes = cost.passes;
  box.memory = cost.memory;
  fillRandom(box.salt);
  fillRandom(box.nonce);
  const PassKey outer(passphrase, box);
  crypto_aead_xchacha20poly1305_ietf_encrypt(box.sealed.data(), nullptr, key->bytes_.data(),
                                             key->bytes_.size(), id.data(), id.size(), nullptr,
                                             box.nonce.data(), outer.bytes.data());
  return key;
}

std::shared_ptr<const Key> Key::open(const std::string& passphrase, const ImageId& id,
                                     const KeyBox& box, const std::string& subject) {
  ready();
  std::shared_ptr<Key> key(new Key);
  const PassKey outer(passphrase, box);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          key->bytes_.data(), nullptr, nullptr, box.sealed.data(), box.sealed.size(), id.data(),
          id.size(), box.nonce.data(), outer.bytes.data()) != 0) {
    throw Error(ErrorKind::Refused, subject, "the passphrase is wrong", "try again");
  }
  return key;
}

Bytes Key::seal(ByteView plain, ByteView bound) const {
  Bytes out(plain.size() + kSealOverhead);
  auto* nonce = reinterpret_cast<unsigned char*>(out.data());
  randombytes_buf(nonce, kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonce, nullptr, raw(plain), plain.size(),
                                             raw(bound), bound.size(), nullptr, nonce,
                                             bytes_.data());
  return out;
}

Bytes Key::unseal(ByteView sealed, ByteView bound, const std::string& subject) const {
  const Error broken(
      ErrorKind::Invalid, subject,
      "a sealed frame was changed, or belongs elsewhere: it cannot be authenticated");
  if (sealed.size() < kSealOverhead) throw broken;
  Bytes out(sealed.size() - kSealOverhead);
  const ByteView cipher = sealed.subspan(kNonce);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          reinterpret_cast<unsigned char*>(out.data()), nullptr, nullptr, raw(cipher),
          cipher.size(), raw(bound), bound.size(), raw(sealed), bytes_.data()) != 0) {
    throw broken;
  }
  return out;
}

}  // namespace disktwin::image
