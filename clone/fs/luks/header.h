// The headers of a LUKS volume, put into words of our own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/io/block_reader.h"

namespace disktwin::fs::luks {

struct Segment {
  std::string type;                     // "crypt", "linear"
  std::uint64_t offset = 0;             // bytes
  std::optional<std::uint64_t> length;  // nothing: to the end of the volume
  std::uint32_t sectorSize = 512;
  bool hasIntegrity = false;
};

struct Header {
  unsigned version = 0;
  std::string uuid;
  std::string label;
  std::uint64_t areaEnd = 0;  // of headers and key slots
  std::vector<Segment> segments;
  std::vector<std::string> requirements;  // what a program must understand to open it
  std::vector<std::string> notes;
  // Why the above cannot be relied upon, as a clause; empty when it can.
  std::string problem;
};

// nullopt when there is no header of LUKS. Throws only Error(Read).
std::optional<Header> readHeader(const BlockReader& volume);

}  // namespace disktwin::fs::luks
