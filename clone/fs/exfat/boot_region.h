// The boot region of exFAT and what follows from it. Section numbers here and in the other files
// are those of Microsoft's "exFAT file system specification", revision 1.00.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "clone/io/block_reader.h"
#include "clone/io/endian.h"

namespace disktwin::fs::exfat {

// Section 3.1.
struct BootSector {
  std::array<std::uint8_t, 3> jump;
  std::array<char, 8> name;
  std::array<std::uint8_t, 53> mustBeZero;
  le64 partitionOffset;
  le64 volumeLength;  // here and below in sectors
  le32 tableOffset;
  le32 tableLength;
  le32 heapOffset;
  le32 clusterCount;
  le32 rootCluster;
  le32 serial;
  std::uint8_t revisionMinor;
  std::uint8_t revisionMajor;
  le16 flags;
  std::uint8_t sectorShift;
  std::uint8_t clusterShift;
  std::uint8_t tableCount;
  std::uint8_t drive;
  std::uint8_t percentInUse;
  std::array<std::uint8_t, 7> reserved;
  std::array<std::byte, 390> code;
  le16 endMark;
};
static_assert(sizeof(BootSector) == 512);

inline constexpr std::uint32_t kFirstCluster = 2;

// Where things lie, in bytes from the start of the volume. Every extent lies within `size`, and
// that within the volume, as long as `problem` is empty.
struct Geometry {
  std::uint32_t sectorBytes = 0;  // 0: the boot sector says nothing usable
  std::uint32_t clusterBytes = 0;
  std::uint64_t size = 0;
  std::uint64_t tableStart = 0;
  std::uint64_t tableBytes = 0;  // of one table
  unsigned tableCount = 0;
  unsigned activeTable = 0;
  std::uint64_t heapStart = 0;
  std::uint32_t clusterCount = 0;
  std::uint32_t rootCluster = 0;
  std::uint32_t serial = 0;
  std::optional<unsigned> percentInUse;
  bool dirty = false;
  bool mediaFailure = false;
  bool backupDamaged = false;
  // Why the volume cannot be trusted to be what the boot sector says, as UsedMap::whyWhole has it.
  std::string problem;

  bool isCluster(std::uint32_t number) const {
    return number >= kFirstCluster && number - kFirstCluster < clusterCount;
  }
  Extent clusters(std::uint32_t first, std::uint32_t count) const {
    return {heapStart + std::uint64_t{first - kFirstCluster} * clusterBytes,
            std::uint64_t{count} * clusterBytes};
  }
  // Clusters needed for so many bytes, at most as many as there are.
  std::uint32_t clustersFor(std::uint64_t bytes) const {
    const std::uint64_t count = bytes / clusterBytes + (bytes % clusterBytes != 0 ? 1 : 0);
    return count < clusterCount ? static_cast<std::uint32_t>(count) : clusterCount;
  }
  // Main and backup boot region: section 2, 12 sectors each.
  Extent bootRegions() const { return {0, 24 * std::uint64_t{sectorBytes}}; }
};

// nullopt when the volume does not bear the name of exFAT.
std::optional<Geometry> readGeometry(const BlockReader& volume);

}  // namespace disktwin::fs::exfat
