// Headers of LUKS, big endian. LUKS1: "LUKS1 On-Disk Format Specification", figure 1. LUKS2: "LUKS2
// On-Disk Format Specification", section 2.1.
#pragma once

#include <array>
#include <cstdint>

#include "clone/io/endian.h"
#include "platform/extent.h"

namespace disktwin::fs::luks {

using Magic = std::array<char, 6>;
inline constexpr Magic kPrimaryMagic = {'L', 'U', 'K', 'S', '\xBA', '\xBE'};
inline constexpr Magic kSecondaryMagic = {'S', 'K', 'U', 'L', '\xBA', '\xBE'};

struct Start {
  Magic magic;
  be16 version;
};
static_assert(sizeof(Start) == 8);

struct Header1 {
  Start start;
  char cipherName[32];
  char cipherMode[32];
  char hash[32];
  be32 payloadSector;  // of 512 bytes; 0 when the data lies on another device
  be32 keyBytes;
  std::uint8_t digest[20];
  std::uint8_t digestSalt[32];
  be32 digestIterations;
  char uuid[40];
  std::uint8_t keySlots[8][48];
};
static_assert(sizeof(Header1) == 592);
inline constexpr std::uint64_t kSector1 = 512;

struct Header2 {
  Start start;
  be64 size;  // with the JSON behind it
  be64 sequence;
  char label[48];
  char checksumKind[32];
  std::uint8_t salt[64];
  char uuid[40];
  char subsystem[48];
  be64 offset;  // where it lies itself
  std::uint8_t reserved[184];
  std::uint8_t checksum[64];
  std::uint8_t reserved2[7 * 512];
};
static_assert(sizeof(Header2) == 4096);
inline constexpr std::size_t kChecksumAt = 448;

// Possible sizes of a header with its JSON, and so of places of the second one (section 2.2).
inline constexpr std::uint64_t kSizes[] = {16 * KiB,  32 * KiB,   64 * KiB, 128 * KiB, 256 * KiB,
                                           512 * KiB, 1024 * KiB, 2 * MiB,  4 * MiB};

}  // namespace disktwin::fs::luks
