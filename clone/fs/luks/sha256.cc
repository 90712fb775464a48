#include "clone/fs/luks/sha256.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "clone/io/block_reader.h"
#include "clone/io/endian.h"

namespace disktwin::fs::luks {
namespace {

constexpr std::size_t kBlock = 64;

// Section 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, 64> kRoots = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

class State {
 public:
  // Section 6.2.2.
  void add(std::span<const std::byte> block) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = structAt<be32>(block, 4 * i);
    for (std::size_t i = 16; i < 64; ++i) {
      w[i] = mixed(w[i - 2], 17, 19, 10) + w[i - 7] + mixed(w[i - 15], 7, 18, 3) + w[i - 16];
    }
    auto v = h_;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
      const std::uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
      const std::uint32_t first = v[7] + turned(v[4], 6, 11, 25) + choice + kRoots[i] + w[i];
      const std::uint32_t second = turned(v[0], 2, 13, 22) + majority;
      std::rotate(v.begin(), v.end() - 1, v.end());
      v[4] += first;
      v[0] = first + second;
    }
    for (std::size_t i = 0; i < v.size(); ++i) h_[i] += v[i];
  }

  std::array<std::byte, 32> result() const {
    std::array<be32, 8> words;
    std::copy(h_.begin(), h_.end(), words.begin());
    return std::bit_cast<std::array<std::byte, 32>>(words);
  }

 private:
  static std::uint32_t turned(std::uint32_t x, int a, int b, int c) {
    return std::rotr(x, a) ^ std::rotr(x, b) ^ std::rotr(x, c);
  }
  static std::uint32_t mixed(std::uint32_t x, int a, int b, int shift) {
    return std::rotr(x, a) ^ std::rotr(x, b) ^ (x >> shift);
  }

  std::array<std::uint32_t, 8> h_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

}  // namespace

std::array<std::byte, 32> sha256(std::span<const std::byte> data) {
  State state;
  const be64 bits(std::uint64_t{data.size()} * 8);
  for (; data.size() >= kBlock; data = data.subspan(kBlock)) state.add(data.first(kBlock));
  // Section 5.1.1: a one, zeroes, and the length, to the end of a block.
  std::array<std::byte, 2 * kBlock> last{};
  std::copy(data.begin(), data.end(), last.begin());
  last[data.size()] = std::byte{0x80};
  const std::size_t end = data.size() < kBlock - sizeof bits ? kBlock : 2 * kBlock;
  std::memcpy(last.data() + end - sizeof bits, &bits, sizeof bits);
  for (std::size_t at = 0; at < end; at += kBlock) state.add(std::span(last).subspan(at, kBlock));
  return state.result();
}

}  // namespace disktwin::fs::luks
