#include "image/format/zstd.h"

#include <zstd.h>

#include <memory>
#include <vector>

#include "tests/support/catch.h"

using disktwin::image::Bytes;
using disktwin::image::Decompressor;

namespace {

Bytes frameOf(const Bytes& plain, bool namesSize, bool checksum = false) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, namesSize ? 1 : 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, checksum ? 1 : 0);
  Bytes out(ZSTD_compressBound(plain.size()));
  out.resize(ZSTD_compress2(context.get(), out.data(), out.size(), plain.data(), plain.size()));
  return out;
}

}  // namespace

TEST_CASE("one frame that names its size is decompressed, and nothing else") {
  Decompressor zstd;
  const Bytes plain(300000, std::byte{7});
  Bytes out(plain.size());
  const Bytes frame = frameOf(plain, true);
  CHECK(zstd.decompress(frame, out));
  CHECK(out == plain);
  CHECK_FALSE(zstd.decompress(frameOf(plain, false), out));
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
  Bytes frame = frameOf(plain, true, true);
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
  Bytes frame = frameOf(zeroes, true, true);
  CHECK(zstd.givesZeroes(frame, zeroes.size()));
  frame.back() ^= std::byte{1};
  CHECK(zstd.decompress(frame, out, {}, Decompressor::Checksum::PassedOver));
  CHECK_FALSE(zstd.givesZeroes(frame, zeroes.size()));
}
