// Master and extended boot records as they lie on disk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "clone/io/endian.h"
#include "clone/table/layout.h"

namespace disktwin::table::mbr {

struct RawEntry {
  std::uint8_t status;
  std::array<std::uint8_t, 3> firstChs;
  std::uint8_t type;
  std::array<std::uint8_t, 3> lastChs;
  le32 firstLba;
  le32 lbaCount;
};
static_assert(sizeof(RawEntry) == 16);

// UEFI 2.10, table 5.1 (legacy MBR).
struct RawMbr {
  std::array<std::byte, 440> bootCode;
  le32 diskSignature;
  le16 copyProtect;
  std::array<RawEntry, 4> entries;
  le16 magic;
};
static_assert(sizeof(RawMbr) == 512);

struct RawEbr {
  std::array<std::byte, 446> bootCode;
  std::array<RawEntry, 4> entries;
  le16 magic;
};
static_assert(sizeof(RawEbr) == 512);

inline constexpr std::uint16_t kMagic = 0xAA55;  // bytes 55 AA

MbrEntry decodeEntry(const RawEntry& raw);
RawEntry encodeEntry(const MbrEntry& entry);
std::array<MbrEntry, 4> decodeEntries(const std::array<RawEntry, 4>& raw);

}  // namespace disktwin::table::mbr
