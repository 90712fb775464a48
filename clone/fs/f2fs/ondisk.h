// What lies on disk in an F2FS volume, as far as the map of used blocks needs it. Everything is
// little-endian. Specification: Linux, include/linux/f2fs_fs.h (structures) and
// Documentation/filesystems/f2fs.rst (layout); names of structures in comments are theirs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "clone/io/endian.h"

namespace disktwin::fs::f2fs {

inline constexpr std::uint32_t kMagic = 0xF2F52010;
inline constexpr std::uint32_t kBlockSize = 4096;
inline constexpr std::uint32_t kBlocksPerSegment = 512;
inline constexpr std::uint64_t kSegmentSize = std::uint64_t{kBlockSize} * kBlocksPerSegment;

// The two superblocks lie in blocks 0 and 1, behind room for a boot sector.
inline constexpr std::uint64_t kSuperOffset = 1024;
inline constexpr std::uint64_t kBackupSuperOffset = kBlockSize + kSuperOffset;

// struct f2fs_device.
struct Device {
  char path[64];
  le32 segments;
};
static_assert(sizeof(Device) == 68);

// struct f2fs_super_block.
struct Super {
  le32 magic;
  le16 majorVersion;
  le16 minorVersion;
  le32 logSectorSize;
  le32 logSectorsPerBlock;
  le32 logBlockSize;
  le32 logBlocksPerSegment;
  le32 segmentsPerSection;
  le32 sectionsPerZone;
  le32 checksumOffset;
  le64 blockCount;
  le32 sectionCount;
  le32 segmentCount;
  le32 checkpointSegments;
  le32 sitSegments;
  le32 natSegments;
  le32 ssaSegments;
  le32 mainSegments;
  le32 segment0;  // this and the next five: block numbers
  le32 checkpointStart;
  le32 sitStart;
  le32 natStart;
  le32 ssaStart;
  le32 mainStart;
  le32 rootInode;
  le32 nodeInode;
  le32 metaInode;
  std::uint8_t uuid[16];
  le16 label[512];  // UTF-16
  le32 extensionCount;
  std::uint8_t extensions[64][8];
  le32 checkpointPayload;  // blocks that follow the first one of a checkpoint
  char kernelVersion[256];
  char firstKernelVersion[256];
  le32 features;
  std::uint8_t encryptionLevel;
  std::uint8_t encryptionSalt[16];
  Device devices[8];
  le32 quotaInodes[3];
  std::uint8_t hotExtensionCount;
  le16 encoding;
  le16 encodingFlags;
  std::uint8_t stopReasons[32];  // how often checkpoints were given up, a counter for each reason
  std::uint8_t errors[16];       // a bit for each kind of damage that was met
  std::uint8_t reserved[258];
  le32 checksum;
};
static_assert(sizeof(Super) == 3072);
static_assert(offsetof(Super, blockCount) == 36 && offsetof(Super, mainStart) == 92);
static_assert(offsetof(Super, label) == 124 && offsetof(Super, checkpointPayload) == 1664);
static_assert(offsetof(Super, features) == 2180 && offsetof(Super, devices) == 2201);
static_assert(offsetof(Super, stopReasons) == 2762 && offsetof(Super, checksum) == 3068);

enum Feature : std::uint32_t {
  kEncrypt = 0x1,
  kZoned = 0x2,
  kAtomicWrite = 0x4,
  kExtraAttributes = 0x8,
  kProjectQuota = 0x10,
  kInodeChecksum = 0x20,
  kFlexibleInlineXattr = 0x40,
  kQuotaInodes = 0x80,
  kCreationTime = 0x100,
  kLostFound = 0x200,
  kVerity = 0x400,
  kSuperChecksum = 0x800,
  kCasefold = 0x1000,
  kCompression = 0x2000,
  kReadOnly = 0x4000,
};

// struct f2fs_checkpoint, up to its bitmaps.
struct Checkpoint {
  le64 version;
  le64 userBlocks;
  le64 validBlocks;
  le32 reservedSegments;
  le32 overprovisionSegments;
  le32 freeSegments;
  le32 nodeSegment[8];  // the segments that are being written, of three kinds of nodes
  le16 nodeOffset[8];
  le32 dataSegment[8];  // and of three kinds of data
  le16 dataOffset[8];
  le32 flags;
  le32 packBlocks;
  le32 summaryStart;
  le32 validNodes;
  le32 validInodes;
  le32 nextFreeNode;
  le32 sitBitmapBytes;
  le32 natBitmapBytes;
  le32 checksumOffset;
  le64 elapsedTime;
  std::uint8_t allocation[16];
};
static_assert(sizeof(Checkpoint) == 192 && offsetof(Checkpoint, flags) == 132);
static_assert(offsetof(Checkpoint, checksumOffset) == 164);
inline constexpr std::uint32_t kLogs = 3;  // of each kind that exist; the rest of the room is spare

enum CheckpointFlag : std::uint32_t {
  kUnmounted = 0x1,
  kOrphans = 0x2,
  kCompactSummaries = 0x4,
  kErrors = 0x8,
  kWantsFsck = 0x10,
  kFastBoot = 0x20,
  kCrcRecovery = 0x40,
  kNatBits = 0x80,
  kTrimmed = 0x100,
  kNoCrcRecovery = 0x200,
  kLargeNatBitmap = 0x400,
  kQuotaWantsFsck = 0x800,
  kDisabled = 0x1000,
  kQuotaNeedsFlush = 0x2000,
  kResizing = 0x4000,
};

// struct f2fs_sit_entry: a segment.
struct SitEntry {
  le16 kindAndCount;       // kind << 10 | number of valid blocks
  std::uint8_t valid[64];  // a bit for each block, the highest bit of a byte first
  le64 changed;
};
static_assert(sizeof(SitEntry) == 74);
inline constexpr std::uint32_t kSitEntriesPerBlock = kBlockSize / sizeof(SitEntry);

// struct f2fs_nat_entry: where a node lies.
struct NatEntry {
  std::uint8_t version;
  le32 inode;
  le32 block;
};
static_assert(sizeof(NatEntry) == 9);
inline constexpr std::uint32_t kNatEntriesPerBlock = kBlockSize / sizeof(NatEntry);

// Values of block numbers that are none: NULL_ADDR, NEW_ADDR, COMPRESS_ADDR.
inline constexpr std::uint32_t kNoBlock = 0;
inline constexpr std::uint32_t kNewBlock = 0xFFFFFFFF;
inline constexpr std::uint32_t kCompressedCluster = 0xFFFFFFFE;

// struct f2fs_journal: the youngest entries of the two tables, kept in summary blocks.
struct SitJournalEntry {
  le32 segment;
  SitEntry entry;
};
struct NatJournalEntry {
  le32 node;
  NatEntry entry;
};
static_assert(sizeof(SitJournalEntry) == 78 && sizeof(NatJournalEntry) == 13);
inline constexpr std::uint32_t kJournalSize = 507;
inline constexpr std::uint32_t kJournalInSummary = 7 * kBlocksPerSegment;  // behind the summaries
inline constexpr std::uint32_t kMostSitJournal = (kJournalSize - 2) / sizeof(SitJournalEntry);
inline constexpr std::uint32_t kMostNatJournal = (kJournalSize - 2) / sizeof(NatJournalEntry);

// struct node_footer, at the end of every node's block.
struct NodeFooter {
  le32 node;
  le32 inode;
  le32 flags;
  le64 checkpointVersion;
  le32 nextBlock;
};
static_assert(sizeof(NodeFooter) == 24);
inline constexpr std::uint32_t kFooterOffset = kBlockSize - sizeof(NodeFooter);

}  // namespace disktwin::fs::f2fs
