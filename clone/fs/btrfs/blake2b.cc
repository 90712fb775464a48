#include "clone/fs/btrfs/blake2b.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "clone/io/block_reader.h"
#include "clone/io/endian.h"

namespace disktwin::fs::btrfs {
namespace {

using Words = std::array<std::uint64_t, 8>;
constexpr std::size_t kBlock = 128;

// RFC 7693, 2.6.
constexpr Words kStart = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                          0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                          0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

// RFC 7693, 2.7; the last two of the twelve rounds begin anew.
constexpr std::uint8_t kOrder[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                         {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                         {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                         {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                         {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                         {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                         {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                         {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                         {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                         {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

struct Mix {
  std::array<std::uint64_t, 16> v;

  void step(std::size_t a, std::size_t b, std::size_t c, std::size_t d, std::uint64_t x,
            std::uint64_t y) {
    v[a] += v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = std::rotr(v[b] ^ v[c], 63);
  }
};

// `counted`: bytes hashed so far, this block included.
void addBlock(Words& state, std::span<const std::byte> block, std::uint64_t counted, bool last) {
  std::array<std::uint64_t, 16> m;
  for (std::size_t i = 0; i < 16; ++i) m[i] = structAt<le64>(block, 8 * i);
  Mix mix;
  std::copy(state.begin(), state.end(), mix.v.begin());
  std::copy(kStart.begin(), kStart.end(), mix.v.begin() + 8);
  mix.v[12] ^= counted;
  if (last) mix.v[14] = ~mix.v[14];
  for (std::size_t round = 0; round < 12; ++round) {
    const auto& s = kOrder[round % 10];
    for (std::size_t i = 0; i < 4; ++i) {
      mix.step(i, 4 + i, 8 + i, 12 + i, m[s[2 * i]], m[s[2 * i + 1]]);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      mix.step(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[s[8 + 2 * i]],
               m[s[9 + 2 * i]]);
    }
  }
  for (std::size_t i = 0; i < 8; ++i) state[i] ^= mix.v[i] ^ mix.v[i + 8];
}

}  // namespace

std::array<std::byte, 32> blake2b256(std::span<const std::byte> data) {
  Words state = kStart;
  state[0] ^= 0x01010000ULL ^ 32;  // 3.3: no key, 32 bytes of result
  std::uint64_t counted = 0;
  for (; data.size() > kBlock; data = data.subspan(kBlock)) {
    addBlock(state, data.first(kBlock), counted += kBlock, false);
  }
  std::array<std::byte, kBlock> tail{};
  std::copy(data.begin(), data.end(), tail.begin());
  addBlock(state, tail, counted + data.size(), true);
  std::array<std::byte, 32> out;
  for (std::size_t i = 0; i < 4; ++i) {
    const le64 word = state[i];
    std::memcpy(out.data() + 8 * i, &word, sizeof word);
  }
  return out;
}

}  // namespace disktwin::fs::btrfs
