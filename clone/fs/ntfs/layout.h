// NTFS as it lies on disk. Offsets and names follow the Linux-NTFS documentation ("NTFS on-disk
// structures"); the section is named at each structure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "clone/io/endian.h"

namespace disktwin::fs::ntfs {

// Every multi-sector structure is protected in strides of 512 bytes, also on 4096-byte sectors.
inline constexpr std::size_t kFixupStride = 512;

// "$Boot": sector 0 and its copy behind the last sector of the volume.
struct BootSector {
  std::array<std::byte, 3> jump;
  std::array<char, 8> oemId;  // "NTFS    "
  le16 bytesPerSector;
  std::uint8_t sectorsPerCluster;  // above 0x80: two to the power of 256 minus this
  std::array<std::byte, 7> zeroes;
  std::uint8_t media;
  std::array<std::byte, 18> geometry;  // CHS and hidden sectors: for boot code only
  le64 sectors;                        // without the backup boot sector
  le64 mftLcn;
  le64 mirrorLcn;
  std::uint8_t clustersPerRecord;  // as a negative number: two to the power of its absolute value
  std::array<std::byte, 3> unused1;
  std::uint8_t clustersPerIndexBlock;
  std::array<std::byte, 3> unused2;
  le64 serial;
  le32 checksum;
  std::array<std::byte, 426> code;
  le16 endMark;
};
static_assert(sizeof(BootSector) == 512);

// "Multi-sector header": in front of FILE, INDX and RSTR structures.
struct ProtectedHeader {
  std::array<char, 4> magic;
  le16 arrayOffset;  // update sequence: the number, then one original word per stride
  le16 arrayCount;
};
static_assert(sizeof(ProtectedHeader) == 8);

// "FILE record"
struct RecordHeader {
  ProtectedHeader header;
  le64 lsn;
  le16 sequence;
  le16 links;
  le16 attributesOffset;
  le16 flags;
  le32 bytesInUse;
  le32 bytesAllocated;
  le64 baseRecord;  // a reference; zero in a base record
  le16 nextInstance;
};
static_assert(sizeof(RecordHeader) == 42);

inline constexpr std::uint16_t kRecordInUse = 0x0001;

// A reference to a record: its number and, above, the sequence number it must bear.
constexpr std::uint64_t recordNumber(std::uint64_t reference) {
  return reference & 0xFFFF'FFFF'FFFF;
}
constexpr std::uint16_t recordSequence(std::uint64_t reference) {
  return static_cast<std::uint16_t>(reference >> 48);
}

// "System files": records with a fixed number.
inline constexpr std::uint64_t kMftRecord = 0;
inline constexpr std::uint64_t kMirrorRecord = 1;
inline constexpr std::uint64_t kLogFileRecord = 2;
inline constexpr std::uint64_t kVolumeRecord = 3;
inline constexpr std::uint64_t kRootRecord = 5;
inline constexpr std::uint64_t kBitmapRecord = 6;
inline constexpr std::uint64_t kBootRecord = 7;
inline constexpr std::uint64_t kBadClustersRecord = 8;
inline constexpr std::uint64_t kSystemRecords = 24;

// "Attribute types"
enum class AttributeType : std::uint32_t {
  StandardInformation = 0x10,
  List = 0x20,
  FileName = 0x30,
  VolumeName = 0x60,
  VolumeInformation = 0x70,
  Data = 0x80,
  IndexRoot = 0x90,
  IndexAllocation = 0xA0,
  ReparsePoint = 0xC0,
  End = 0xFFFFFFFF,
};

// "Attribute flags"
inline constexpr std::uint16_t kAttributeCompressed = 0x00FF;
inline constexpr std::uint16_t kAttributeEncrypted = 0x4000;

// "Attribute header"
struct AttributeHeader {
  le32 type;
  le32 length;
  std::uint8_t nonResident;
  std::uint8_t nameLength;
  le16 nameOffset;
  le16 flags;
  le16 instance;
};
static_assert(sizeof(AttributeHeader) == 16);

struct ResidentHeader {
  AttributeHeader common;
  le32 valueLength;
  le16 valueOffset;
  le16 flags;
};
static_assert(sizeof(ResidentHeader) == 24);

struct NonResidentHeader {
  AttributeHeader common;
  le64 lowestVcn;
  le64 highestVcn;
  le16 runsOffset;
  std::uint8_t compressionUnit;
  std::array<std::byte, 5> reserved;
  le64 allocatedSize;
  le64 dataSize;
  le64 initializedSize;
};
static_assert(sizeof(NonResidentHeader) == 64);

// "$STANDARD_INFORMATION"
struct StandardInformation {
  std::array<std::byte, 32> times;
  le32 attributes;
};
static_assert(sizeof(StandardInformation) == 36);

inline constexpr std::uint32_t kFileIsReparsePoint = 0x0400;
inline constexpr std::uint32_t kFileIsCompressed = 0x0800;
inline constexpr std::uint32_t kFileIsEncrypted = 0x4000;

// "$ATTRIBUTE_LIST"
struct ListEntry {
  le32 type;
  le16 length;
  std::uint8_t nameLength;
  std::uint8_t nameOffset;
  le64 lowestVcn;
  le64 reference;
  le16 instance;
};
static_assert(sizeof(ListEntry) == 26);

// "$VOLUME_INFORMATION"
struct VolumeInformation {
  le64 reserved;
  std::uint8_t major;
  std::uint8_t minor;
  le16 flags;
};
static_assert(sizeof(VolumeInformation) == 12);

inline constexpr std::uint16_t kVolumeDirty = 0x0001;
inline constexpr std::uint16_t kVolumeResizeLog = 0x0002;
inline constexpr std::uint16_t kVolumeUpgrade = 0x0004;
inline constexpr std::uint16_t kVolumeCheckUnderway = 0x4000;

// "$INDEX_ROOT", "$INDEX_ALLOCATION"
struct IndexHeader {
  le32 entriesOffset;  // from the start of this header
  le32 indexLength;
  le32 allocatedSize;
  std::uint8_t flags;
  std::array<std::byte, 3> reserved;
};
static_assert(sizeof(IndexHeader) == 16);

struct IndexRoot {
  le32 type;
  le32 collation;
  le32 blockSize;
  std::uint8_t clustersPerBlock;
  std::array<std::byte, 3> reserved;
  IndexHeader index;
};
static_assert(sizeof(IndexRoot) == 32);

struct IndexBlock {
  ProtectedHeader header;
  le64 lsn;
  le64 vcn;
  IndexHeader index;
};
static_assert(sizeof(IndexBlock) == 40);

struct IndexEntry {
  le64 reference;
  le16 length;
  le16 keyLength;
  le16 flags;
  le16 reserved;
};
static_assert(sizeof(IndexEntry) == 16);

inline constexpr std::uint16_t kEntryHasChild = 0x0001;  // its VCN is the entry's last 8 bytes
inline constexpr std::uint16_t kEntryIsLast = 0x0002;    // bears no key

// "$FILE_NAME": the key of a directory's index, and an attribute of the file itself.
struct FileNameKey {
  le64 parent;
  std::array<std::byte, 56> times;
  std::uint8_t nameLength;
  std::uint8_t nameSpace;
};
static_assert(sizeof(FileNameKey) == 66);

// "$LogFile": restart page header and restart area.
struct RestartPage {
  ProtectedHeader header;
  le64 checkLsn;
  le32 systemPageSize;
  le32 logPageSize;
  le16 areaOffset;
  le16 minorVersion;
  le16 majorVersion;
};
static_assert(sizeof(RestartPage) == 30);

struct RestartArea {
  le64 currentLsn;
  le16 clients;
  le16 freeClients;
  le16 clientsInUse;
  le16 flags;
};
static_assert(sizeof(RestartArea) == 16);

inline constexpr std::uint16_t kNoClient = 0xFFFF;
inline constexpr std::uint16_t kLogVolumeIsClean = 0x0002;

}  // namespace disktwin::fs::ntfs
