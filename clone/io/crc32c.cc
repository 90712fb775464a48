#include "clone/io/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

namespace disktwin {
namespace {

// Eight tables, so that eight bytes are taken a step: bitmaps of a large volume come to several
// hundred MiB, and a byte a step would take as long as reading them.
constexpr std::size_t kStep = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kStep>;

constexpr Tables makeTables() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < kStep; ++t) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[t - 1][i];
      tables[t][i] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}

constexpr Tables kTables = makeTables();

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> data) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; data.size() >= kStep; data = data.subspan(kStep)) {
      std::uint64_t word;
      std::memcpy(&word, data.data(), sizeof word);
      word ^= crc;
      crc = 0;
      for (std::size_t i = 0; i < kStep; ++i) {
        crc ^= kTables[kStep - 1 - i][(word >> (8 * i)) & 0xFF];
      }
    }
  }
  for (const std::byte b : data) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ std::to_integer<std::uint32_t>(b)) & 0xFF];
  }
  return crc;
}

}  // namespace disktwin
