#include "clone/io/digest.h"

#include <sodium.h>

namespace disktwin {
namespace {

const unsigned char* bytesOf(std::span<const std::byte> data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

unsigned char* bytesOf(Digest256& digest) {
  return reinterpret_cast<unsigned char*>(digest.data());
}

}  // namespace

Digest256 sha256(std::span<const std::byte> data) {
  static_assert(crypto_hash_sha256_BYTES == sizeof(Digest256));
  Digest256 out;
  crypto_hash_sha256(bytesOf(out), bytesOf(data), data.size());
  return out;
}

Digest256 blake2b256(std::span<const std::byte> data) {
  Digest256 out;
  crypto_generichash(bytesOf(out), out.size(), bytesOf(data), data.size(), nullptr, 0);
  return out;
}

}  // namespace disktwin
