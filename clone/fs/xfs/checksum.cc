#include "clone/fs/xfs/checksum.h"

#include <array>

#include "clone/io/block_reader.h"
#include "clone/io/checksum.h"
#include "clone/io/crc32c.h"
#include "clone/io/endian.h"

namespace disktwin::fs::xfs {

std::uint32_t checksumOf(std::span<const std::byte> data, std::size_t at) {
  const std::array<std::byte, sizeof(le32)> zero{};
  std::uint32_t crc = crc32c(~0U, data.first(at));
  crc = crc32c(crc, zero);
  return ~crc32c(crc, data.subspan(at + sizeof(le32)));
}

bool checksumFits(std::span<const std::byte> data, std::size_t at) {
  return checksumAgrees(structAt<le32>(data, at), checksumOf(data, at));
}

}  // namespace disktwin::fs::xfs
