// Where chunks of every profile lie on a device, against a plain count of bytes; and the checksums.
#include <random>
#include <set>
#include <string_view>

#include "clone/fs/btrfs/chunks.h"
#include "clone/fs/btrfs/unproven.h"
#include "clone/io/digest.h"
#include "tests/fs/btrfs/made_btrfs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::btrfs;
using namespace disktwin::fs::btrfs::test;

namespace {

constexpr std::uint64_t kSector = 4096;
constexpr std::uint64_t kLogical = 1 * GiB;

Uuid uuidOf(std::uint64_t device) {
  Uuid out;
  for (std::uint8_t i = 0; i < 16; ++i) out[i] = static_cast<std::uint8_t>(device * 16 + i);
  return out;
}

struct Profile {
  std::uint64_t type;
  std::uint64_t stripes;
};

// Sector by sector, as "btrfs_map_block()" finds its way.
std::set<std::uint64_t> slowly(const Profile& p, std::uint64_t from, std::uint64_t to,
                               std::uint64_t device) {
  std::set<std::uint64_t> out;
  for (std::uint64_t at = from; at < to; at += kSector) {
    const std::uint64_t number = at / kStripe;
    const std::uint64_t within = at % kStripe;
    const std::uint64_t base = device * GiB;
    if (p.type == kRaid0 && number % p.stripes == device) {
      out.insert(base + number / p.stripes * kStripe + within);
    } else if (p.type == kRaid10 && number % (p.stripes / 2) == device / 2) {
      out.insert(base + number / (p.stripes / 2) * kStripe + within);
    } else if (p.type == kRaid5 || p.type == kRaid6) {
      const std::uint64_t row = number / (p.stripes - (p.type == kRaid5 ? 1 : 2));
      for (std::uint64_t i = 0; i < kStripe; i += kSector) out.insert(base + row * kStripe + i);
    } else if (p.type != kRaid0 && p.type != kRaid10) {
      out.insert(base + at);
    }
  }
  return out;
}

std::string hex(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte b : bytes) {
    out += "0123456789abcdef"[std::to_integer<int>(b) >> 4];
    out += "0123456789abcdef"[std::to_integer<int>(b) & 15];
  }
  return out;
}

std::span<const std::byte> raw(const std::string& text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

TEST_CASE("btrfs: every profile lies where a plain count says") {
  const Profile profiles[] = {{0, 1},       {kRaid1, 2}, {kRaid1c3, 3}, {kRaid1c4, 4}, {kRaid0, 1},
                              {kRaid0, 2},  {kRaid0, 3}, {kRaid0, 5},   {kRaid10, 2},  {kRaid10, 4},
                              {kRaid10, 6}, {kRaid5, 2}, {kRaid5, 3},   {kRaid5, 4},   {kRaid6, 3},
                              {kRaid6, 4},  {kRaid6, 6}};
  std::mt19937 random(6);
  for (const Profile& p : profiles) {
    for (std::uint64_t device = 0; device < p.stripes; ++device) {
      const std::uint64_t length = 60 * 4 * kStripe;
      ChunkMap map({device + 1, uuidOf(device + 1), 64 * GiB, kSector});
      MadeChunk chunk{kLogical, length, kData | p.type, {}};
      for (std::uint64_t i = 0; i < p.stripes; ++i) chunk.stripes.emplace_back(i + 1, i * GiB);
      map.add(kLogical, chunkItem(chunk));
      for (int round = 0; round < 100; ++round) {
        const std::uint64_t from = random() % (length / kSector) * kSector;
        const std::uint64_t most = random() % 4 == 0 ? 400 : 20;
        const std::uint64_t to = std::min(length, from + (1 + random() % most) * kSector);
        std::set<std::uint64_t> found;
        map.project(map.chunks()[0], {kLogical + from, to - from}, [&](Extent place) {
          for (std::uint64_t at = place.offset; at < place.end(); at += kSector) found.insert(at);
        });
        INFO("type " << p.type << ", " << p.stripes << " stripes, device " << device << ", " << from
                     << " to " << to);
        REQUIRE(found == slowly(p, from, to, device));
      }
    }
  }
}

TEST_CASE("btrfs: chunks that cannot be are refused") {
  const auto isRefused = [](const MadeChunk& chunk) {
    ChunkMap map({1, uuidOf(1), 64 * GiB, kSector});
    try {
      map.add(chunk.logical, chunkItem(chunk));
    } catch (const Unproven&) {
      return true;
    }
    return false;
  };
  const auto stripes = [](std::uint64_t count) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
    for (std::uint64_t i = 0; i < count; ++i) out.emplace_back(i + 1, i * GiB);
    return out;
  };
  const std::uint64_t most = ~std::uint64_t{0};
  CHECK_FALSE(isRefused({GiB, 12 * MiB, kData | kRaid5, stripes(3)}));
  CHECK(isRefused({GiB, 0, kData, stripes(1)}));
  CHECK(isRefused({GiB, 12 * MiB, kData, stripes(0)}));
  CHECK(isRefused({GiB, 12 * MiB + 1, kData, stripes(1)}));
  CHECK(isRefused({GiB + 1, 12 * MiB, kData, stripes(1)}));
  CHECK(isRefused({most - 4095, 12 * MiB, kData, stripes(1)}));
  CHECK(isRefused({GiB, 65 * GiB, kData, stripes(1)}));
  CHECK(isRefused({GiB, 12 * MiB, kData, {{1, most - 4095}}}));
  CHECK(isRefused({GiB, 12 * MiB, kRaid0, stripes(2)}));
  CHECK(isRefused({GiB, 12 * MiB, kData | kRaid0 | kRaid1, stripes(2)}));
  CHECK(isRefused({GiB, 12 * MiB, kData | kRaid10, stripes(3)}));
  CHECK(isRefused({GiB, 12 * MiB, kData | kRaid5, stripes(1)}));
  CHECK(isRefused({GiB, 12 * MiB, kData | kRaid6, stripes(2)}));
  CHECK(isRefused({GiB, 16 * MiB, kData | kRaid0, stripes(3)}));
  CHECK(isRefused({GiB, 12 * MiB, kData | kDup, stripes(1)}));
  CHECK(isRefused({GiB, 12 * MiB, kData | kRaid1c3, stripes(2)}));
}

TEST_CASE("btrfs: checksums give the values of their standards") {
  CHECK(hex(sha256(raw(""))) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256(raw("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256(raw("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex(blake2b256(raw(""))) ==
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  CHECK(hex(blake2b256(raw("abc"))) ==
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}
