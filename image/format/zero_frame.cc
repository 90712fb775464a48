// A frame of zeroes by hand (RFC 8878, 3.1.1): RLE blocks of 128 KiB. Compressing a GiB of zeroes
// would take a second for 36 KiB that are always the same.
#include <fmt/format.h>

#include <algorithm>

#include "image/format/head.h"
#include "image/format/zero_sum.h"
#include "image/format/zstd.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

constexpr std::uint64_t kBlock = 128U << 10;  // the largest a block may give
// Frame header: a window of 128 KiB, content size in 8 bytes, a content checksum.
constexpr std::byte kDescriptor{0xC4};  // content size flag 3, not single segment, checksum
constexpr std::byte kWindow{0x38};      // exponent 7, mantissa 0: 2^(10 + 7)
constexpr std::size_t kHeader = 4 + 1 + 1 + 8;
constexpr std::uint32_t kRle = 1;

}  // namespace

std::uint64_t zeroFrameSize(std::uint64_t length) {
  return kHeader + std::max<std::uint64_t>((length + kBlock - 1) / kBlock, 1) * 4 + 4;
}

Bytes makeZeroFrame(std::uint64_t length) {
  if (length == 0 || length > kLongestZeroRun) {
    throw Error(ErrorKind::Failed, "image", fmt::format("a frame of {} zeroes", length));
  }
  Bytes out;
  out.reserve(zeroFrameSize(length));
  append(out, le32(kZstdMagic));
  out.push_back(kDescriptor);
  out.push_back(kWindow);
  append(out, le64(length));
  for (std::uint64_t done = 0; done < length; done += kBlock) {
    const std::uint64_t size = std::min(kBlock, length - done);
    const bool last = done + size == length;
    const auto header = static_cast<std::uint32_t>(size << 3 | kRle << 1 | (last ? 1U : 0U));
    // Three bytes of block header and the byte that is repeated.
    append(out, le32(header));
  }
  append(out, le32(zeroSum(length)));
  return out;
}

}  // namespace disktwin::image
