// What sector 0 of a disk is: a master boot record, a filesystem's boot sector, or nothing known.
#pragma once

#include <cstdint>

#include "clone/table/layout.h"

namespace disktwin::table::mbr {

struct SectorZero {
  MasterBootRecord record;    // without its tail
  bool bearsMagic = false;    // 55 AA at the end
  bool entriesZero = false;   // all 64 bytes of the entry table
  bool allZero = false;       // all 512 bytes
  bool plausible = false;     // the entries could be those of a real table
  bool isVolumeBoot = false;  // looks like the first sector of FAT, exFAT, NTFS or BitLocker

  // A protective entry, with or without the magic: only a GPT disk has that.
  bool announcesGpt() const;
  // Nothing here contradicts a GPT whose protective MBR was lost.
  bool isBlank() const;
  // A table of its own, be it one without partitions.
  bool isMbr() const;
};

// Throws Error(Read). The disk must have 512 bytes.
SectorZero readSectorZero(const BlockReader& disk);

// The bytes of sector 0 behind the first 512; empty when there are none or all are zero.
std::vector<std::byte> readTail(const BlockReader& disk, std::uint32_t sectorSize);

}  // namespace disktwin::table::mbr
