// Directory entries of exFAT: section 6.
#pragma once

#include <array>
#include <cstdint>

#include "clone/io/endian.h"

namespace disktwin::fs::exfat {

namespace entry {
inline constexpr std::uint8_t kEndOfDirectory = 0x00;
inline constexpr std::uint8_t kBitmap = 0x81;       // section 7.1
inline constexpr std::uint8_t kUpCaseTable = 0x82;  // section 7.2
inline constexpr std::uint8_t kLabel = 0x83;        // section 7.3
inline constexpr std::uint8_t kFile = 0x85;         // section 7.4
inline constexpr std::uint8_t kStream = 0xC0;       // section 7.6

// Section 6.2.1: the bits of EntryType.
constexpr bool isInUse(std::uint8_t type) {
  return (type & 0x80) != 0;
}
constexpr bool isSecondary(std::uint8_t type) {
  return (type & 0x40) != 0;
}
constexpr bool isBenign(std::uint8_t type) {
  return (type & 0x20) != 0;
}
}  // namespace entry

// Sections 6.3 and 6.4: primary and secondary entries end alike, their flags lie apart. Holds for
// the bitmap and the up-case table, too, whose `custom` differs.
struct GenericEntry {
  std::uint8_t type;
  std::uint8_t secondaryFlags;
  std::array<std::byte, 2> checksum;
  le16 primaryFlags;  // in a File entry: the attributes
  std::array<std::byte, 14> custom;
  le32 firstCluster;
  le64 length;
};
static_assert(sizeof(GenericEntry) == 32);

inline constexpr unsigned kAllocationPossible = 1;  // of either flags
inline constexpr unsigned kNoTableChain = 2;        // the clusters lie in one piece
inline constexpr unsigned kDirectoryAttribute = 0x10;

// Section 7.3.
struct LabelEntry {
  std::uint8_t type;
  std::uint8_t length;  // in UTF-16 units
  std::array<le16, 11> units;
  std::array<std::byte, 8> reserved;
};
static_assert(sizeof(LabelEntry) == 32);

}  // namespace disktwin::fs::exfat
