#include "clone/fs/ext/checksum.h"

#include <array>

#include "clone/io/crc32c.h"

namespace disktwin::fs::ext {
namespace {

constexpr std::array<std::uint16_t, 256> makeTable() {
  std::array<std::uint16_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xA001U : 0U);
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr std::array<std::uint16_t, 256> kTable = makeTable();
constexpr std::size_t kBefore = offsetof(GroupDescriptor, checksum);
constexpr std::size_t kAfter = kBefore + sizeof(GroupDescriptor::checksum);

}  // namespace

std::uint16_t crc16(std::uint16_t crc, std::span<const std::byte> data) {
  for (const std::byte b : data) {
    const auto index = static_cast<std::uint8_t>(crc ^ std::to_integer<std::uint16_t>(b));
    crc = static_cast<std::uint16_t>((crc >> 8) ^ kTable[index]);
  }
  return crc;
}

std::uint16_t descriptorChecksum(const Geometry& geometry, std::uint64_t group,
                                 std::span<const std::byte> raw) {
  const le32 number = static_cast<std::uint32_t>(group);
  const auto numberBytes = std::as_bytes(std::span(&number, 1));
  if (geometry.checksum == GroupChecksum::Crc16) {
    std::uint16_t crc = crc16(0xFFFF, std::as_bytes(std::span(geometry.uuid)));
    crc = crc16(crc, numberBytes);
    crc = crc16(crc, raw.first(kBefore));
    return crc16(crc, raw.subspan(kAfter));
  }
  // The newer kind counts the checksum itself as zero instead of leaving it out.
  const std::array<std::byte, kAfter - kBefore> zero{};
  std::uint32_t crc = crc32c(geometry.checksumSeed, numberBytes);
  crc = crc32c(crc, raw.first(kBefore));
  crc = crc32c(crc, zero);
  return static_cast<std::uint16_t>(crc32c(crc, raw.subspan(kAfter)));
}

}  // namespace disktwin::fs::ext
