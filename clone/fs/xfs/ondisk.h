// XFS on disk, as Linux's fs/xfs/libxfs/xfs_format.h and xfs_log_format.h have it. Names in quotes
// in this folder are those of structures and functions there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "clone/io/endian.h"

namespace disktwin::fs::xfs {

using Uuid = std::array<std::uint8_t, 16>;

// "struct xfs_dsb": the first sector of every allocation group; the first one is what counts.
struct Super {
  be32 magic;
  be32 blockSize;
  be64 dataBlocks;
  be64 realtimeBlocks;
  be64 realtimeExtents;
  Uuid uuid;
  be64 logStart;  // 0: the log is on another device
  be64 rootInode;
  be64 realtimeBitmapInode;
  be64 realtimeSummaryInode;
  be32 realtimeExtentSize;
  be32 groupBlocks;
  be32 groupCount;
  be32 realtimeBitmapBlocks;
  be32 logBlocks;
  be16 version;  // a number and feature bits
  be16 sectorSize;
  be16 inodeSize;
  be16 inodesPerBlock;
  char label[12];
  std::uint8_t blockLog;
  std::uint8_t sectorLog;
  std::uint8_t inodeLog;
  std::uint8_t inodesPerBlockLog;
  std::uint8_t groupBlockLog;  // rounded up
  std::uint8_t realtimeExtentsLog;
  std::uint8_t inProgress;
  std::uint8_t inodeMaxPercent;
  be64 inodes;
  be64 freeInodes;
  be64 freeDataBlocks;
  be64 freeRealtimeExtents;
  be64 userQuotaInode;
  be64 groupQuotaInode;
  be16 quotaFlags;
  std::uint8_t flags;
  std::uint8_t sharedVersion;
  be32 inodeAlignment;
  be32 stripeUnit;
  be32 stripeWidth;
  std::uint8_t directoryBlockLog;
  std::uint8_t logSectorLog;
  be16 logSectorSize;
  be32 logStripeUnit;
  be32 features2;
  be32 badFeatures2;
  // From here on only in version 5.
  be32 compat;
  be32 roCompat;
  be32 incompat;
  be32 logIncompat;
  le32 checksum;
  be32 sparseInodeAlignment;
  be64 projectQuotaInode;
  be64 sequence;
  Uuid metaUuid;
};
static_assert(sizeof(Super) == 264 && offsetof(Super, uuid) == 32);
static_assert(offsetof(Super, version) == 100 && offsetof(Super, label) == 108);
static_assert(offsetof(Super, freeDataBlocks) == 144 && offsetof(Super, features2) == 200);
static_assert(offsetof(Super, checksum) == 224 && offsetof(Super, metaUuid) == 248);

inline constexpr std::uint32_t kSuperMagic = 0x58465342;  // "XFSB"
inline constexpr std::uint16_t kVersionNumber = 0x000F;
inline constexpr std::uint16_t kVersionShared = 0x0200;
inline constexpr std::uint16_t kVersionLogV2 = 0x0400;
inline constexpr std::uint16_t kVersionMoreBits = 0x8000;

enum Features2 : std::uint32_t {
  kLazyCount = 0x2,
  kAttributes2 = 0x8,
  kProjectId32 = 0x80,
  kChecksums = 0x100,
  kFileType4 = 0x200,
};

enum RoCompat : std::uint32_t {
  kFreeInodeTree = 0x1,
  kReverseMap = 0x2,
  kReflink = 0x4,
  kInodeTreeCounts = 0x8,
};

enum Incompat : std::uint32_t {
  kFileType = 0x1,
  kSparseInodes = 0x2,
  kMetaUuid = 0x4,
  kBigTime = 0x8,
  kNeedsRepair = 0x10,
  kExtentCounts64 = 0x20,
  kExchangeRange = 0x40,
  kParentPointers = 0x80,
  kMetadataDirectory = 0x100,
  kZoned = 0x200,
  kZoneGaps = 0x400,
};

// A log with attribute operations in it. Matters while there is something to replay.
inline constexpr std::uint32_t kLogAttributes = 0x1;

// "struct xfs_agf": the second sector of every allocation group.
struct GroupFree {
  be32 magic;
  be32 version;
  be32 number;
  be32 length;    // blocks
  be32 roots[3];  // by place, by size, reverse map
  be32 levels[3];
  be32 listFirst;
  be32 listLast;
  be32 listCount;
  be32 freeBlocks;
  be32 longest;
  be32 treeBlocks;
  Uuid uuid;
  be32 reverseMapBlocks;
  be32 refcountBlocks;
  be32 refcountRoot;
  be32 refcountLevel;
  be64 spare[14];
  be64 sequence;
  le32 checksum;
  be32 spare2;
};
static_assert(sizeof(GroupFree) == 224 && offsetof(GroupFree, listFirst) == 40);
static_assert(offsetof(GroupFree, uuid) == 64 && offsetof(GroupFree, checksum) == 216);
inline constexpr std::uint32_t kGroupFreeMagic = 0x58414746;  // "XAGF"

// "struct xfs_btree_block" with short pointers, as far as version 4 has it, and what version 5
// adds.
struct TreeHeader {
  be32 magic;
  be16 level;
  be16 records;
  be32 left;
  be32 right;
};
struct TreeHeader5 {
  TreeHeader common;
  be64 place;  // in 512 bytes, from the start of the volume
  be64 sequence;
  Uuid uuid;
  be32 group;
  le32 checksum;
};
static_assert(sizeof(TreeHeader) == 16 && sizeof(TreeHeader5) == 56);
static_assert(offsetof(TreeHeader5, group) == 48 && offsetof(TreeHeader5, checksum) == 52);
inline constexpr std::uint32_t kNoBlock = 0xFFFFFFFF;
inline constexpr std::uint32_t kMaxLevels = 9;  // "XFS_BTREE_MAXLEVELS"

// "struct xfs_alloc_rec": a run of free blocks; a key in the nodes looks the same.
struct FreeRecord {
  be32 start;
  be32 count;
};
static_assert(sizeof(FreeRecord) == 8);

// "struct xlog_rec_header": 512 bytes in front of every record of the log.
inline constexpr std::uint32_t kLogBlock = 512;
struct LogRecord {
  be32 magic;
  be32 cycle;
  be32 version;
  be32 length;    // bytes that follow the header blocks
  be64 sequence;  // cycle and block of this record
  be64 tailSequence;
  le32 checksum;
  be32 previousBlock;
  be32 operations;
  be32 cycleData[64];
  be32 format;
  Uuid uuid;
  be32 bufferSize;  // version 2
  be32 padding;
};
static_assert(sizeof(LogRecord) == 328 && offsetof(LogRecord, checksum) == 32);
static_assert(offsetof(LogRecord, uuid) == 304 && offsetof(LogRecord, bufferSize) == 320);
inline constexpr std::uint32_t kLogMagic = 0xFEEDBABE;
inline constexpr std::uint32_t kLogVersion2 = 2;
inline constexpr std::uint32_t kMaxRecordBytes = 256 * 1024;  // "XLOG_MAX_RECORD_BSIZE"
inline constexpr std::uint32_t kMaxLogBuffers = 8;            // "XLOG_MAX_ICLOGS"
inline constexpr std::uint32_t kHeaderCovers = 32 * 1024;     // "XLOG_HEADER_CYCLE_SIZE"
// "XLOG_REC_EXT_SIZE": of each further header block so much goes into the checksum.
inline constexpr std::uint32_t kExtendedHeaderBytes = 260;

// "struct xlog_op_header" and "struct xfs_unmount_log_format".
struct LogOperation {
  be32 transaction;
  be32 length;
  std::uint8_t client;
  std::uint8_t flags;
  be16 reserved;
};
static_assert(sizeof(LogOperation) == 12);
inline constexpr std::uint8_t kLogClient = 0xAA;
inline constexpr std::uint8_t kUnmountFlag = 0x20;
inline constexpr std::uint16_t kUnmountMark = 0x556E;  // in the byte order of whoever wrote it

}  // namespace disktwin::fs::xfs
