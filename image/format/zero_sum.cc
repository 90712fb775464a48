// XXH64 as doc/xxhash_spec.md of the library describes it, where all input is zeroes: a stripe of
// 32 bytes then only turns and multiplies each lane, and the third lane stays zero. Over a GiB even
// that takes a while, and a disk may have many runs: what is known already is kept.
#include "image/format/zero_sum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <vector>

#include "image/format/head.h"

namespace disktwin::image {
namespace {

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4F;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5;
constexpr std::uint64_t kStripe = 32;

struct Lanes {
  std::uint64_t first;
  std::uint64_t second;
  std::uint64_t fourth;
};

// After each 64 MiB, so that the first run does not have to be gone over from its beginning. All of
// it follows from the first line.
constexpr std::uint64_t kBetween = 64;  // MiB
constexpr std::array<Lanes, 16> kAlongTheWay = {
    {{0x60EA27EEADC0B5D6, 0xC2B2AE3D27D4EB4F, 0x61C8864E7A143579},
     {0x894D3058B8E30612, 0x6B04171CA2B88F1F, 0xAC66383F9756D8D6},
     {0xA3C0322CF5E650EB, 0x9FB66AB1B0F2F4B4, 0x644EFA985423306D},
     {0xAD61B779FB41CAA4, 0x4BF56982183E384E, 0x08137096A22525F4},
     {0x3B9FB06BAE9181DE, 0xCB2AFC4B0440C983, 0x8FB897BBA379E104},
     {0x61D67B07F651B14D, 0x8D475B050E09690A, 0x56BCE4C5526942BC},
     {0x6DCBC93C988F1643, 0x89F597D9DF4921A7, 0xE5EEAF2EDC262D55},
     {0x134DBE6F1135E8E5, 0x27EB7D3B1035EB83, 0x4AC3CE22B3011E78},
     {0x84D7192A63550DD9, 0xCC15913F03F4129C, 0xBEED9D5B337A146A},
     {0x90DFB3475CAFA8AF, 0x0D724C7A38D9A4A9, 0x8EA5D0DF9459C037},
     {0xEF462C6DBA0115F4, 0xD8DC7334BA580488, 0x19670E074C1FE45F},
     {0x720495783063021A, 0xF1BF9DD1B1C3D2A3, 0x62C31919CF14A472},
     {0xD8D86CAF69FB6F53, 0x15B023D899844617, 0x07CD6AE75AD83E59},
     {0xF6D42B62FA7C0B7A, 0xC99722F67AC75885, 0xCC97966AAA417DDE},
     {0xC1FB6EF61F5D2BF3, 0x4B1AF151DD5AAB29, 0x66BDD8D5CAACADAB},
     {0xEED6C666ED159C1F, 0x03AD6D03B8E24415, 0x3851260633919C38}}};

std::uint64_t turned(std::uint64_t lane) {
  return std::rotl(lane, 31) * kPrime1;
}

Lanes behind(Lanes lanes, std::uint64_t bytes) {
  for (std::uint64_t stripe = 0; stripe < bytes / kStripe; ++stripe) {
    lanes = {turned(lanes.first), turned(lanes.second), turned(lanes.fourth)};
  }
  return lanes;
}

// By whole MiB, of which lengths nearly always consist.
class KnownLanes {
 public:
  Lanes at(std::size_t mib) {
    const std::lock_guard lock(mutex_);
    const std::size_t way = std::min(mib / kBetween, kAlongTheWay.size() - 1);
    std::vector<Lanes>& known = known_.at(way);
    if (known.empty()) known.push_back(kAlongTheWay.at(way));
    const std::size_t wanted = mib - way * kBetween;
    while (known.size() <= wanted) known.push_back(behind(known.back(), kChunkBytes));
    return known[wanted];
  }

 private:
  std::mutex mutex_;  // guards known_
  std::array<std::vector<Lanes>, kAlongTheWay.size()> known_;
};

std::uint64_t merged(const Lanes& lanes) {
  constexpr std::uint64_t kThird = 0;
  std::uint64_t out =
      std::rotl(lanes.first, 1) + std::rotl(lanes.second, 7) + std::rotl(lanes.fourth, 18);
  for (const std::uint64_t lane : {lanes.first, lanes.second, kThird, lanes.fourth}) {
    out = (out ^ turned(lane * kPrime2)) * kPrime1 + kPrime4;
  }
  return out;
}

std::uint64_t mixed(std::uint64_t sum) {
  sum = (sum ^ sum >> 33) * kPrime2;
  sum = (sum ^ sum >> 29) * kPrime3;
  return sum ^ sum >> 32;
}

}  // namespace

std::uint32_t zeroSum(std::uint64_t length) {
  static KnownLanes known;
  std::uint64_t sum = kPrime5;
  if (length >= kStripe) {
    const Lanes whole = known.at(static_cast<std::size_t>(length / kChunkBytes));
    sum = merged(behind(whole, length % kChunkBytes));
  }
  sum += length;
  // What is left of the last stripe: words of 8, then 4 bytes, then single ones.
  for (std::uint64_t i = 0; i < length % kStripe / 8; ++i) {
    sum = std::rotl(sum, 27) * kPrime1 + kPrime4;
  }
  if (length % 8 >= 4) sum = std::rotl(sum, 23) * kPrime2 + kPrime3;
  for (std::uint64_t i = 0; i < length % 4; ++i) sum = std::rotl(sum, 11) * kPrime1;
  return static_cast<std::uint32_t>(mixed(sum));
}

}  // namespace disktwin::image
