// What lies on disk in an ext2, ext3 or ext4 filesystem, as far as the map of used blocks needs it.
// Specification: Linux, Documentation/filesystems/ext4 ("Data Structures and Algorithms"); section
// names below are its. Everything is little-endian, the journal alone big-endian.
#pragma once

#include <cstdint>

#include "clone/io/endian.h"

namespace disktwin::fs::ext {

inline constexpr std::uint64_t kSuperOffset = 1024;  // from the start of the volume, any block size
inline constexpr std::uint64_t kSuperSize = 1024;
inline constexpr std::uint16_t kSuperMagic = 0xEF53;

// "Super Block".
struct Super {
  le32 inodesCount;
  le32 blocksCountLo;
  le32 reservedBlocksLo;
  le32 freeBlocksLo;
  le32 freeInodes;
  le32 firstDataBlock;
  le32 logBlockSize;    // block size is 1024 << this
  le32 logClusterSize;  // cluster size is 1024 << this; equal to logBlockSize without bigalloc
  le32 blocksPerGroup;
  le32 clustersPerGroup;
  le32 inodesPerGroup;
  le32 mountTime;
  le32 writeTime;
  le16 mountCount;
  le16 maxMountCount;
  le16 magic;
  le16 state;
  le16 errorPolicy;
  le16 minorRevision;
  le32 lastCheck;
  le32 checkInterval;
  le32 creatorOs;
  le32 revision;  // 0: the fields below have fixed meanings and no feature exists
  le16 reservedUid;
  le16 reservedGid;
  le32 firstInode;
  le16 inodeSize;
  le16 groupNumber;
  le32 compat;
  le32 incompat;
  le32 roCompat;
  std::uint8_t uuid[16];
  char label[16];
  char lastMounted[64];
  le32 algorithms;
  std::uint8_t preallocBlocks;
  std::uint8_t preallocDirBlocks;
  le16 reservedGdtBlocks;
  std::uint8_t journalUuid[16];
  le32 journalInode;
  le32 journalDevice;
  le32 lastOrphan;
  le32 hashSeed[4];
  std::uint8_t hashVersion;
  std::uint8_t journalBackupType;
  le16 descriptorSize;  // with the 64bit feature alone
  le32 mountOptions;
  le32 firstMetaGroup;
  le32 makeTime;
  le32 journalBackup[17];
  le32 blocksCountHi;
  le32 reservedBlocksHi;
  le32 freeBlocksHi;
  le16 minExtraInodeSize;
  le16 wantExtraInodeSize;
  le32 flags;
  le16 raidStride;
  le16 mmpInterval;
  le64 mmpBlock;
  le32 raidStripeWidth;
  std::uint8_t logGroupsPerFlex;
  std::uint8_t checksumType;
  std::uint8_t encryptionLevel;
  std::uint8_t padding;
  le64 kibWritten;
  le32 snapshotInode;
  le32 snapshotId;
  le64 snapshotReserved;
  le32 snapshotList;
  le32 errorCount;
  le32 firstErrorTime;
  std::uint8_t firstError[48];
  le32 lastErrorTime;
  std::uint8_t lastError[16];
  char lastErrorFunction[32];
  char mountOptionText[64];
  le32 userQuotaInode;
  le32 groupQuotaInode;
  le32 overheadClusters;
  le32 backupGroups[2];  // with sparse_super2; 0: none
  std::uint8_t encryption[20];
  le32 lostFoundInode;
  le32 projectQuotaInode;
  le32 checksumSeed;  // with metadata_csum_seed
  std::uint8_t timesHi[5];
  std::uint8_t lastErrorTimeHi;
  std::uint8_t errorCodes[2];
  le16 encoding;
  le16 encodingFlags;
  le32 orphanFileInode;
  le32 reserved[94];
  le32 checksum;  // with metadata_csum: crc32c of all that lies before
};
static_assert(sizeof(Super) == kSuperSize);
static_assert(offsetof(Super, magic) == 0x38 && offsetof(Super, uuid) == 0x68);
static_assert(offsetof(Super, descriptorSize) == 0xFE && offsetof(Super, mmpBlock) == 0x168);
static_assert(offsetof(Super, errorCount) == 0x194 && offsetof(Super, lastErrorTime) == 0x1CC);
static_assert(offsetof(Super, backupGroups) == 0x24C && offsetof(Super, checksumSeed) == 0x270);
static_assert(offsetof(Super, lastErrorTimeHi) == 0x279 && offsetof(Super, checksum) == 0x3FC);

enum State : std::uint16_t { kStateValid = 0x1, kStateErrors = 0x2 };

enum Compat : std::uint32_t {
  kHasJournal = 0x4,
  kResizeInode = 0x10,
  kLazyBg = 0x40,
  kExcludeBitmap = 0x100,
  kSparseSuper2 = 0x200,
};

enum Incompat : std::uint32_t {
  kCompression = 0x1,
  kFiletype = 0x2,
  kRecover = 0x4,
  kJournalDevice = 0x8,
  kMetaBg = 0x10,
  kExtents = 0x40,
  k64Bit = 0x80,
  kMmp = 0x100,
  kFlexBg = 0x200,
  kEaInode = 0x400,
  kDirData = 0x1000,
  kChecksumSeed = 0x2000,
  kLargeDir = 0x4000,
  kInlineData = 0x8000,
  kEncrypt = 0x10000,
  kCasefold = 0x20000,
};

enum RoCompat : std::uint32_t {
  kSparseSuper = 0x1,
  kLargeFile = 0x2,
  kBtreeDir = 0x4,
  kHugeFile = 0x8,
  kGroupChecksum = 0x10,
  kDirNlink = 0x20,
  kExtraInodeSize = 0x40,
  kHasSnapshot = 0x80,
  kQuota = 0x100,
  kBigalloc = 0x200,
  kMetadataChecksum = 0x400,
  kReplica = 0x800,
  kReadOnly = 0x1000,
  kProject = 0x2000,
  kSharedBlocks = 0x4000,
  kVerity = 0x8000,
  kOrphanPresent = 0x10000,
};

// Superblock "Miscellaneous flags": a filesystem of the development time of ext4.
inline constexpr std::uint32_t kFlagTestFilesystem = 0x4;

// "Block Group Descriptors". Of a 32-byte descriptor only the first half exists.
struct GroupDescriptor {
  le32 blockBitmapLo;
  le32 inodeBitmapLo;
  le32 inodeTableLo;
  le16 freeBlocksLo;  // clusters with bigalloc
  le16 freeInodesLo;
  le16 usedDirectoriesLo;
  le16 flags;
  le32 excludeBitmapLo;
  le16 blockBitmapChecksumLo;
  le16 inodeBitmapChecksumLo;
  le16 unusedInodesLo;  // at the end of the table, never initialised
  le16 checksum;
  le32 blockBitmapHi;
  le32 inodeBitmapHi;
  le32 inodeTableHi;
  le16 freeBlocksHi;
  le16 freeInodesHi;
  le16 usedDirectoriesHi;
  le16 unusedInodesHi;
  le32 excludeBitmapHi;
  le16 blockBitmapChecksumHi;
  le16 inodeBitmapChecksumHi;
  le32 reserved;
};
inline constexpr std::uint32_t kSmallDescriptor = 32;
static_assert(sizeof(GroupDescriptor) == 64 && offsetof(GroupDescriptor, checksum) == 0x1E);
static_assert(offsetof(GroupDescriptor, blockBitmapChecksumHi) == 0x38);

enum GroupFlags : std::uint16_t { kInodeUninit = 0x1, kBlockUninit = 0x2, kInodeZeroed = 0x4 };

// "Inode Table": the part that tells where a file lies; the same in every inode size.
struct Inode {
  le16 mode;
  le16 uid;
  le32 sizeLo;
  std::uint8_t times[16];
  le16 gid;
  le16 links;
  le32 blocksLo;
  le32 flags;
  le32 version;
  std::uint8_t block[60];  // an extent tree's root, or fifteen block numbers
  le32 generation;
  le32 fileAclLo;
  le32 sizeHi;
  std::uint8_t rest[16];
};
static_assert(sizeof(Inode) == 128 && offsetof(Inode, block) == 0x28);
inline constexpr std::uint32_t kInodeExtents = 0x80000;

// "Extent Tree".
struct ExtentHeader {
  le16 magic;
  le16 entries;
  le16 most;
  le16 depth;
  le32 generation;
};
struct ExtentIndex {
  le32 block;
  le32 leafLo;
  le16 leafHi;
  le16 unused;
};
struct ExtentLeaf {
  le32 block;
  le16 length;  // above 32768: allocated but unwritten, that much less
  le16 startHi;
  le32 startLo;
};
static_assert(sizeof(ExtentHeader) == 12 && sizeof(ExtentIndex) == 12 && sizeof(ExtentLeaf) == 12);
inline constexpr std::uint16_t kExtentMagic = 0xF30A;

// "Multiple Mount Protection".
struct Mmp {
  le32 magic;
  le32 sequence;
  le64 time;
  char nodeName[64];
  char deviceName[32];
};
inline constexpr std::uint32_t kMmpMagic = 0x004D4D50;
inline constexpr std::uint32_t kMmpClean = 0xFF4D4D50;

// "Journal (jbd2)".
inline constexpr std::uint32_t kJournalMagic = 0xC03B3998;

enum JournalBlock : std::uint32_t {
  kDescriptorBlock = 1,
  kCommitBlock = 2,
  kJournalSuperV1 = 3,
  kJournalSuperV2 = 4,
  kRevokeBlock = 5,
};

enum JournalIncompat : std::uint32_t {
  kJournalRevoke = 0x1,
  kJournal64Bit = 0x2,
  kJournalAsyncCommit = 0x4,
  kJournalChecksumV2 = 0x8,
  kJournalChecksumV3 = 0x10,
  kJournalFastCommit = 0x20,
};

struct JournalHeader {
  be32 magic;
  be32 type;
  be32 sequence;
};
struct JournalSuper {
  JournalHeader header;
  be32 blockSize;
  be32 length;  // blocks
  be32 first;   // first block of the log itself
  be32 sequence;
  be32 start;  // 0: nothing to replay
  be32 error;
  be32 compat;
  be32 incompat;
  be32 roCompat;
};
static_assert(sizeof(JournalHeader) == 12 && sizeof(JournalSuper) == 48);

struct JournalTag {
  be32 blockLo;
  be16 checksum;
  be16 flags;
  be32 blockHi;  // only there with 64bit
};
struct JournalTagV3 {
  be32 blockLo;
  be32 flags;
  be32 blockHi;
  be32 checksum;
};
static_assert(sizeof(JournalTag) == 12 && sizeof(JournalTagV3) == 16);

enum JournalTagFlags : std::uint32_t { kTagEscaped = 0x1, kTagSameUuid = 0x2, kTagLast = 0x8 };

}  // namespace disktwin::fs::ext
