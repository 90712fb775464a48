// GPT headers and entries as they lie on disk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "clone/io/endian.h"
#include "clone/table/layout.h"

namespace disktwin::table::gpt {

// UEFI 2.10, table 5.5.
struct RawHeader {
  std::array<char, 8> signature;
  le32 revision;
  le32 headerSize;
  le32 headerCrc;  // of headerSize bytes, with this field zero
  le32 reserved;
  le64 myLba;
  le64 alternateLba;
  le64 firstUsableLba;
  le64 lastUsableLba;
  Guid diskId;
  le64 entriesLba;
  le32 entryCount;
  le32 entrySize;
  le32 entriesCrc;
};
static_assert(sizeof(RawHeader) == 92);

// UEFI 2.10, table 5.6.
struct RawEntry {
  Guid type;
  Guid id;
  le64 firstLba;
  le64 lastLba;  // inclusive
  le64 attributes;
  std::array<le16, 36> name;
};
static_assert(sizeof(RawEntry) == 128);

inline constexpr std::array<char, 8> kSignature = {'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T'};
inline constexpr std::uint64_t kHeaderLba = 1;

// Linux gives up on larger arrays as well (the largest kmalloc() on x86). 32768 common entries.
inline constexpr std::uint64_t kMostEntryBytes = 4 * MiB;

// No overflow for any input.
constexpr std::uint64_t entryBytes(std::uint32_t count, std::uint32_t size) {
  return std::uint64_t{count} * size;
}
constexpr std::uint64_t sectorsFor(std::uint64_t bytes, std::uint32_t sectorSize) {
  return bytes / sectorSize + (bytes % sectorSize != 0 ? 1 : 0);
}

// How many sectors one array takes.
inline std::uint64_t arraySectors(const Layout& layout) {
  return sectorsFor(entryBytes(layout.gpt.entryCount, layout.gpt.entrySize), layout.sectorSize);
}

}  // namespace disktwin::table::gpt
