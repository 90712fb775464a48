#include "clone/fs/f2fs/checksum.h"

#include <array>

#include "clone/io/block_reader.h"
#include "clone/io/checksum.h"

namespace disktwin::fs::f2fs {
namespace {

constexpr std::array<std::uint32_t, 256> makeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    table[i] = crc;
  }
  return table;
}

constexpr auto kTable = makeTable();

}  // namespace

std::uint32_t checksum(std::span<const std::byte> data, std::uint32_t begin) {
  std::uint32_t crc = begin;
  for (const std::byte b : data) {
    crc = (crc >> 8) ^ kTable[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xFF];
  }
  return crc;
}

bool checksumFits(const Super& super) {
  if ((super.features & kSuperChecksum) == 0) return true;
  // fs/f2fs/super.c, sanity_check_raw_super(): there is one place for it.
  constexpr std::size_t kPlace = offsetof(Super, checksum);
  if (super.checksumOffset != kPlace) return false;
  return checksumAgrees(super.checksum,
                        checksum(std::as_bytes(std::span(&super, 1)).first(kPlace)));
}

std::uint32_t storedChecksum(std::span<const std::byte> checkpointBlock) {
  const auto head = structAt<Checkpoint>(checkpointBlock, 0);
  return structAt<le32>(checkpointBlock, head.checksumOffset);
}

bool checksumFits(std::span<const std::byte> checkpointBlock) {
  // fs/f2fs/checkpoint.c, get_checkpoint_version() and f2fs_checkpoint_chksum().
  const std::uint32_t place = structAt<Checkpoint>(checkpointBlock, 0).checksumOffset;
  if (place < sizeof(Checkpoint) || place > kBlockSize - sizeof(le32)) return false;
  std::uint32_t found = checksum(checkpointBlock.first(place));
  found = checksum(checkpointBlock.subspan(place + sizeof(le32)), found);
  return checksumAgrees(storedChecksum(checkpointBlock), found);
}

}  // namespace disktwin::fs::f2fs
