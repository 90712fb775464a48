// What a locked LUKS volume says of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "clone/io/block_reader.h"

namespace disktwin::fs::luks {

struct LuksData {
  Extent extent;                 // encrypted data, bytes of the volume
  std::uint32_t sectorSize = 0;  // bytes that are encrypted together
  std::string uuid;
};

// Where the data lies that an opened mapping shows byte for byte; nullopt when it does not do so,
// or when that cannot be proven: several segments, integrity tags, a re-encryption that is under
// way, requirements that are not understood, damaged headers. Throws only Error(Read).
std::optional<LuksData> dataOf(const BlockReader& volume);

}  // namespace disktwin::fs::luks
