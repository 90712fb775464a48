// What lies on a physical volume besides the text, as lvm2's lib/label/label.h (label) and
// lib/format_text/layout.h (everything else) lay it out. Little endian, packed.
#pragma once

#include <array>
#include <cstdint>

#include "clone/io/endian.h"
#include "platform/extent.h"

namespace disktwin::fs::lvm {

// Sectors of LVM have 512 bytes whatever those of the device have (SECTOR_SHIFT).
inline constexpr std::uint64_t kSector = 512;
// The label lies in one of the first four (LABEL_SCAN_SECTORS).
inline constexpr std::uint64_t kLabelSectors = 4;

struct LabelHeader {
  char id[8];     // "LABELONE"
  le64 sector;    // where it lies itself
  le32 checksum;  // of the rest of the sector
  le32 offset;    // of the physical volume's header in this sector
  char type[8];   // "LVM2 001"
};
static_assert(sizeof(LabelHeader) == 32);
inline constexpr std::size_t kLabelChecked = 20;  // the first byte that the checksum covers

// disk_locn: an area, in bytes from the start of the volume. A list of them ends with zeroes.
struct DiskArea {
  le64 offset;
  le64 size;
};
static_assert(sizeof(DiskArea) == 16);

// Behind it: the list of data areas, the list of metadata areas, and then the extension.
struct PvHeader {
  std::array<char, 32> uuid;
  le64 deviceSize;  // bytes
};
static_assert(sizeof(PvHeader) == 40);

// Behind it: the list of areas for boot loaders. Version 0 means that there is none.
struct PvHeaderExtension {
  le32 version;
  le32 flags;
};
static_assert(sizeof(PvHeaderExtension) == 8);
inline constexpr std::uint32_t kExtensionWithUsedFlag = 2;
inline constexpr std::uint32_t kPvUsed = 1;  // it belongs to a group, whatever else is to be seen

// Where a text lies in its metadata area; it may run over the area's end to its start.
struct RawLocation {
  le64 offset;  // from the start of the area
  le64 size;
  le32 checksum;
  le32 flags;
};
static_assert(sizeof(RawLocation) == 24);
inline constexpr std::uint32_t kAreaIgnored = 1;

struct MetadataHeader {
  le32 checksum;  // of the rest of the sector
  std::array<char, 16> magic;
  le32 version;
  le64 start;  // of the area, in bytes from the start of the volume
  le64 size;
  RawLocation committed;
  RawLocation precommitted;
};
static_assert(sizeof(MetadataHeader) == 88);
inline constexpr char kMetadataMagic[] = "\x20LVM2\x20x[5A%r0N*>";
static_assert(sizeof(kMetadataMagic) == 17);
inline constexpr std::uint32_t kMetadataVersion = 1;

}  // namespace disktwin::fs::lvm
