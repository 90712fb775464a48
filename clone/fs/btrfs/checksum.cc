#include "clone/fs/btrfs/checksum.h"

#include <xxhash.h>

#include <algorithm>

#include "clone/io/checksum.h"
#include "clone/io/crc32c.h"
#include "clone/io/digest.h"

namespace disktwin::fs::btrfs {
namespace {

// "btrfs_csums[]" of fs/btrfs/ctree.c.
std::size_t lengthOf(std::uint16_t type) {
  switch (type) {
    case kCrc32c:
      return 4;
    case kXxhash64:
      return 8;
    default:
      return 32;
  }
}

template <typename T>
std::array<std::byte, kSumSize> padded(const T& value) {
  std::array<std::byte, kSumSize> out{};
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

}  // namespace

bool isKnownChecksum(std::uint16_t type) {
  return type <= kBlake2b;
}

std::array<std::byte, kSumSize> checksumOf(std::uint16_t type, std::span<const std::byte> block) {
  const auto data = block.subspan(kSumSize);
  switch (type) {
    case kCrc32c:
      return padded(le32(~crc32c(~0U, data)));
    case kXxhash64:
      return padded(le64(XXH64(data.data(), data.size(), 0)));
    case kSha256:
      return sha256(data);
    default:
      return blake2b256(data);
  }
}

bool checksumFits(std::uint16_t type, std::span<const std::byte> block) {
  if (!isKnownChecksum(type)) return false;
  const auto sum = checksumOf(type, block);
  const std::size_t length = lengthOf(type);
  return checksumAgrees(block.first(length), std::span(sum).first(length));
}

}  // namespace disktwin::fs::btrfs
