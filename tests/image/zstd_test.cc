#include "image/format/zstd.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "tests/support/catch.h"

using disktwin::image::Bytes;
using disktwin::image::Decompressor;

namespace {

struct Frame {
  bool namesSize = true;
  bool checksum = true;
  int windowLog = 0;  // 0: zstd's choice
};

Bytes frameOf(const Bytes& plain, const Frame& how = {}) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, how.namesSize ? 1 : 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, how.checksum ? 1 : 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, how.windowLog);
  Bytes out(ZSTD_compressBound(plain.size()));
  out.resize(ZSTD_compress2(context.get(), out.data(), out.size(), plain.data(), plain.size()));
  return out;
}

}  // namespace

TEST_CASE("one frame that names its size is decompressed, and nothing else") {
  Decompressor zstd;
  const Bytes plain(300000, std::byte{7});
  Bytes out(plain.size());
  const Bytes frame = frameOf(plain);
  CHECK(zstd.decompress(frame, out));
  CHECK(out == plain);
  CHECK_FALSE(zstd.decompress(frameOf(plain, {.namesSize = false}), out));
  Bytes longer = frame;
  longer.push_back(std::byte{0});
  CHECK_FALSE(zstd.decompress(longer, out));
  Bytes twice = frame;
  twice.insert(twice.end(), frame.begin(), frame.end());
  CHECK_FALSE(zstd.decompress(twice, out));
  CHECK_FALSE(zstd.decompress(disktwin::image::ByteView(frame).first(frame.size() - 1), out));
  Bytes larger(plain.size() + 1);
  CHECK_FALSE(zstd.decompress(frame, larger));
  Bytes smaller(plain.size() - 1);
  CHECK_FALSE(zstd.decompress(frame, smaller));
  CHECK(zstd.decompress(frame, out));
}

TEST_CASE("a frame's checksum is compared unless it is passed over") {
  Decompressor zstd;
  const Bytes plain(300000, std::byte{7});
  Bytes out(plain.size());
  Bytes frame = frameOf(plain);
  CHECK(zstd.decompress(frame, out));
  frame.back() ^= std::byte{1};
  CHECK_FALSE(zstd.decompress(frame, out));
  CHECK(zstd.decompress(frame, out, {}, Decompressor::Checksum::PassedOver));
  CHECK(out == plain);
  CHECK_FALSE(zstd.decompress(frame, out));
}

TEST_CASE("zeroes are not taken from a frame whose checksum is wrong") {
  Decompressor zstd;
  const Bytes zeroes(300000, std::byte{0});
  Bytes out(zeroes.size());
  Bytes frame = frameOf(zeroes);
  CHECK(zstd.givesZeroes(frame, zeroes.size()));
  frame.back() ^= std::byte{1};
  CHECK(zstd.decompress(frame, out, {}, Decompressor::Checksum::PassedOver));
  CHECK_FALSE(zstd.givesZeroes(frame, zeroes.size()));
}

TEST_CASE("a frame whose header is not that of an image is refused, of zeroes as well") {
  Decompressor zstd;
  const Bytes plain(300000, std::byte{0});
  Bytes out(plain.size());
  const auto isRefused = [&](const Bytes& frame) {
    for (const auto how : {Decompressor::Checksum::Compared, Decompressor::Checksum::PassedOver}) {
      CHECK_FALSE(zstd.decompress(frame, out, {}, how));
    }
    CHECK_FALSE(zstd.givesZeroes(frame, plain.size()));
  };
  const Bytes good = frameOf(plain);
  CHECK(zstd.givesZeroes(good, plain.size()));
  isRefused(frameOf(plain, {.namesSize = false}));
  isRefused(frameOf(plain, {.checksum = false}));
  isRefused({});
  SECTION("a window larger than the largest cell") {
    // A window of its own: without the flag of a single segment (RFC 8878, 3.1.1.1.1).
    Bytes wide = disktwin::image::makeZeroFrame(plain.size());
    constexpr std::size_t kWindow = 5;
    CHECK(zstd.decompress(wide, out));
    wide[kWindow] = std::byte{14 << 3};  // 2^(10 + 14)
    CHECK(zstd.decompress(wide, out));
    wide[kWindow] = std::byte{14 << 3 | 1};
    isRefused(wide);
  }
  SECTION("a size that stands for an unknown one") {
    Bytes unknown = disktwin::image::makeZeroFrame(plain.size());
    std::fill_n(unknown.begin() + 6, 8, std::byte{0xFF});
    isRefused(unknown);
  }
  SECTION("a skippable frame") {
    Bytes skippable(good.size());
    const std::array<unsigned char, 8> head{0x50, 0x2A, 0x4D, 0x18, 0xF0, 0xFF, 0xFF, 0xFF};
    std::memcpy(skippable.data(), head.data(), head.size());
    isRefused(skippable);
  }
  SECTION("a format of before") {
    Bytes old = good;
    old[0] = std::byte{0x27};
    old[1] = std::byte{0xB5};
    isRefused(old);
  }
}
