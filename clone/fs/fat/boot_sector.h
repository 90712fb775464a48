// The boot sector of FAT12, FAT16 and FAT32, and what follows from it.
// Specification: "Microsoft Extensible Firmware Initiative FAT32 File System Specification" 1.03
// (fatgen103), the same as ECMA-107 for FAT12 and FAT16.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "clone/io/block_reader.h"
#include "clone/io/endian.h"

namespace disktwin::fs::fat {

// fatgen103, "Boot Sector and BPB": offsets 36 to 61 on FAT12 and FAT16.
struct OldTail {
  std::uint8_t drive;
  std::uint8_t state;  // BS_Reserved1; Windows and Linux keep the dirty bit here
  std::uint8_t signature;
  le32 serial;
  std::array<char, 11> label;
  std::array<char, 8> type;
};
static_assert(sizeof(OldTail) == 26);

// The same, offsets 36 to 89 on FAT32.
struct Fat32Tail {
  le32 tableSectors;
  le16 flags;
  std::uint8_t minorVersion;
  std::uint8_t majorVersion;
  le32 rootCluster;
  le16 infoSector;
  le16 backupSector;
  std::array<std::byte, 12> reserved;
  std::uint8_t drive;
  std::uint8_t state;
  std::uint8_t signature;
  le32 serial;
  std::array<char, 11> label;
  std::array<char, 8> type;
};
static_assert(sizeof(Fat32Tail) == 54);

struct BootSector {
  std::array<std::byte, 3> jump;
  std::array<char, 8> oem;
  le16 sectorBytes;
  std::uint8_t clusterSectors;
  le16 reservedSectors;
  std::uint8_t tableCount;
  le16 rootEntries;
  le16 sectors16;
  std::uint8_t media;
  le16 tableSectors16;
  le16 sectorsPerTrack;
  le16 heads;
  le32 hiddenSectors;
  le32 sectors32;
  std::array<std::byte, 474> tail;  // begins with one of the above
  std::array<std::uint8_t, 2> endMark;

  OldTail old() const { return structAt<OldTail>(tail, 0); }
  Fat32Tail fat32() const { return structAt<Fat32Tail>(tail, 0); }
};
static_assert(sizeof(BootSector) == 512);

// Where things lie, in bytes from the start of the volume. Every extent lies within `size`, and
// that within the volume, as long as `problem` is empty.
struct Geometry {
  unsigned bits = 0;  // of an entry of the table: 12, 16, 32
  std::uint32_t sectorBytes = 0;
  std::uint32_t clusterBytes = 0;
  std::uint64_t size = 0;
  std::uint64_t reservedBytes = 0;  // before the first table
  unsigned tableCount = 0;
  unsigned activeTable = 0;
  std::uint64_t tableBytes = 0;   // of one table
  Extent oldRoot;                 // root directory of FAT12 and FAT16
  std::uint32_t rootCluster = 0;  // of FAT32
  std::uint64_t dataStart = 0;
  std::uint32_t clusterCount = 0;
  std::uint32_t serial = 0;
  std::array<char, 11> label{};
  std::optional<std::uint8_t> state;  // none where the boot sector has no place for it
  std::uint64_t infoAt = 0;           // FSInfo sector; 0: none
  std::uint64_t backupAt = 0;         // backup boot sector; 0: none
  bool mirrored = true;
  // Why the volume cannot be trusted to be what the boot sector says, as UsedMap::whyWhole has it.
  std::string problem;

  std::uint64_t tableAt(unsigned index) const { return reservedBytes + index * tableBytes; }
  // Bits of an entry that mean something.
  std::uint32_t entryMask() const {
    return bits == 12 ? 0xFFFU : bits == 16 ? 0xFFFFU : 0x0FFFFFFFU;
  }
  // How much of a table describes clusters that exist.
  std::uint64_t usefulTableBytes() const {
    return ((std::uint64_t{clusterCount} + 2) * bits + 7) / 8;
  }
  bool isCluster(std::uint32_t number) const { return number >= 2 && number - 2 < clusterCount; }
  Extent clusters(std::uint32_t first, std::uint32_t count) const {
    return {dataStart + std::uint64_t{first - 2} * clusterBytes,
            std::uint64_t{count} * clusterBytes};
  }
};

// nullopt when the volume does not begin with a FAT boot sector, by the rules of libblkid.
std::optional<Geometry> readGeometry(const BlockReader& volume);

}  // namespace disktwin::fs::fat
