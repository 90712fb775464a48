// An entry of a folder on FAT.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "clone/io/endian.h"

namespace disktwin::fs::fat {

using ShortName = std::array<char, 11>;

// fatgen103, "FAT Directory Structure".
struct DirectoryEntry {
  ShortName name;
  std::uint8_t attributes;
  std::array<std::byte, 8> times;
  le16 clusterHigh;
  std::array<std::byte, 4> changed;
  le16 clusterLow;
  le32 size;

  bool isEnd() const { return name[0] == 0; }  // nothing follows
  bool isDeleted() const { return static_cast<unsigned char>(name[0]) == 0xE5; }
};
static_assert(sizeof(DirectoryEntry) == 32);

inline constexpr std::uint8_t kLongName = 0x0F;
inline constexpr std::uint8_t kVolumeId = 0x08;  // also of the pieces of long names
inline constexpr std::uint8_t kDirectory = 0x10;

}  // namespace disktwin::fs::fat
