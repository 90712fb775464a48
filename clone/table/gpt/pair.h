// Both copies of a GPT, and the one table that comes out of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "clone/table/findings.h"
#include "clone/table/gpt/copy.h"

namespace disktwin::table::gpt {

struct Pair {
  std::uint32_t sectorSize;
  Copy primary;
  Copy backup;

  bool bearsSignature() const { return primary.bearsSignature || backup.bearsSignature; }
};

// Looks for the backup where the primary header says, and at the disk's last sector.
Pair readPair(const Medium& medium);

// The unit among `units` in which a GPT makes most sense; the first one when it does in none.
Pair readPair(const BlockReader& disk, std::span<const std::uint32_t> units);

// What counts: a header, and the array it describes.
struct Table {
  RawHeader header{};
  std::vector<std::byte> extra;
  std::vector<std::byte> entries;
  bool fromPrimary = true;
  bool trusted = false;  // every CRC is right; otherwise the entries are only good for looking at
};

// Takes what is intact, from both copies if need be, and says so in findings. The primary wins when
// both are. nullopt when not even a header is intact.
std::optional<Table> choose(const Medium& medium, const Pair& pair, std::vector<Finding>& findings);

// Where the two arrays belong when `table` is written again.
struct ArrayPlaces {
  std::uint64_t primary;
  std::uint64_t backup;
};
ArrayPlaces arrayPlaces(const Medium& medium, const Pair& pair, const Table& table,
                        std::uint64_t backupLba);

}  // namespace disktwin::table::gpt
