// A frame of zeroes by hand (RFC 8878, 3.1.1): RLE blocks of 128 KiB. Compressing a GiB of zeroes
// would take a second for 36 KiB that are always the same.
#include <fmt/format.h>
#define XXH_STATIC_LINKING_ONLY  // for a state that can be copied
#include <xxhash.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "image/format/head.h"
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

// XXH64 of so many MiB of zeroes, by which lengths nearly always go; computed once, in order.
class ZeroSums {
 public:
  std::uint32_t of(std::uint64_t length) {
    const std::lock_guard lock(mutex_);
    const auto whole = static_cast<std::size_t>(length / kChunkBytes);
    while (states_.size() <= whole) {
      XXH64_state_t next = states_.back();
      XXH64_update(&next, zeroes_.data(), zeroes_.size());
      states_.push_back(next);
    }
    XXH64_state_t state = states_[whole];
    XXH64_update(&state, zeroes_.data(), static_cast<std::size_t>(length % kChunkBytes));
    return static_cast<std::uint32_t>(XXH64_digest(&state));
  }

  ZeroSums() : zeroes_(kChunkBytes), states_(1) { XXH64_reset(&states_.front(), 0); }

 private:
  std::mutex mutex_;
  std::vector<std::byte> zeroes_;
  std::vector<XXH64_state_t> states_;
};

std::uint32_t zeroSum(std::uint64_t length) {
  static ZeroSums sums;
  return sums.of(length);
}

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
