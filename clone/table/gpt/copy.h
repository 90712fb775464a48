// One of the two copies of a GPT, read and judged by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/table/gpt/format.h"

namespace disktwin::table::gpt {

// The disk, counted in one unit.
struct Medium {
  const BlockReader& disk;
  std::uint32_t sectorSize;
  std::uint64_t sectorCount;

  Medium(const BlockReader& reader, std::uint32_t unit)
      : disk(reader), sectorSize(unit), sectorCount(reader.size() / unit) {}
  std::uint64_t lastLba() const { return sectorCount == 0 ? 0 : sectorCount - 1; }
};

struct Copy {
  std::uint64_t lba = 0;           // where the header was looked for
  RawHeader header{};              // as found; to be trusted only when headerIntact
  std::vector<std::byte> extra;    // of a header of more than 92 bytes
  std::vector<std::byte> entries;  // the whole array when intact
  bool bearsSignature = false;
  bool headerIntact = false;
  bool intact = false;    // header and entries
  bool cutShort = false;  // intact, but it describes a longer disk than this one
  std::string damage;     // of what is not intact: "header: CRC 0x1, expected 0x2"
};

// Never throws: what cannot be read is damaged.
Copy readCopy(const Medium& medium, std::uint64_t lba);

// The array that `header` describes, looked for at `lba`; nullopt when its CRC differs, it does not
// fit onto the disk or cannot be read.
std::optional<std::vector<std::byte>> readEntries(const Medium& medium, const RawHeader& header,
                                                  std::uint64_t lba);

// The same whatever its CRC is.
std::optional<std::vector<std::byte>> readEntriesUnchecked(const Medium& medium,
                                                           const RawHeader& header,
                                                           std::uint64_t lba);

}  // namespace disktwin::table::gpt
