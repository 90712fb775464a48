// Structures and constants of Btrfs as they lie on disk. The names in quotation marks in comments
// are those of the Linux kernel's headers, include/uapi/linux/btrfs_tree.h and btrfs.h.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "clone/io/endian.h"
#include "platform/extent.h"

namespace disktwin::fs::btrfs {

using Uuid = std::array<std::uint8_t, 16>;

inline constexpr std::uint64_t kMagic = 0x4D5F53665248425FULL;  // "_BHRfS_M"
inline constexpr std::uint64_t kSuperOffset = 64 * KiB;
// "btrfs_sb_offset()": copies that do not fit the device are not there.
inline constexpr std::uint64_t kSuperOffsets[] = {kSuperOffset, 64 * MiB, 256 * GiB};
inline constexpr std::uint64_t kSuperSize = 4096;
inline constexpr std::uint64_t kReserved = 1 * MiB;  // "BTRFS_DEVICE_RANGE_RESERVED"
// "BTRFS_STRIPE_LEN", which is also how much is kept free around each copy of the superblock.
inline constexpr std::uint64_t kStripe = 64 * KiB;
inline constexpr std::size_t kSumSize = 32;
inline constexpr std::size_t kSystemArraySize = 2048;
inline constexpr std::uint8_t kMostLevels = 8;
inline constexpr std::uint32_t kLargestNode = 65536;

enum ChecksumType : std::uint16_t { kCrc32c = 0, kXxhash64 = 1, kSha256 = 2, kBlake2b = 3 };

// "BTRFS_FEATURE_INCOMPAT_*"
enum Incompat : std::uint64_t {
  kMixedBackref = 1ULL << 0,
  kDefaultSubvolume = 1ULL << 1,
  kMixedGroups = 1ULL << 2,
  kCompressLzo = 1ULL << 3,
  kCompressZstd = 1ULL << 4,
  kBigMetadata = 1ULL << 5,
  kExtendedIref = 1ULL << 6,
  kRaid56Feature = 1ULL << 7,
  kSkinnyMetadata = 1ULL << 8,
  kNoHoles = 1ULL << 9,
  kMetadataUuid = 1ULL << 10,
  kRaid1c34 = 1ULL << 11,
  kZoned = 1ULL << 12,
  kExtentTreeV2 = 1ULL << 13,
  kRaidStripeTree = 1ULL << 14,
  kSimpleQuota = 1ULL << 16,
};
// "BTRFS_FEATURE_COMPAT_RO_*"
enum CompatRo : std::uint64_t {
  kFreeSpaceTree = 1ULL << 0,
  kFreeSpaceTreeValid = 1ULL << 1,
  kVerity = 1ULL << 2,
  kBlockGroupTree = 1ULL << 3,
};
// "BTRFS_HEADER_FLAG_*", "BTRFS_SUPER_FLAG_*"
enum SuperFlag : std::uint64_t {
  kWritten = 1ULL << 0,
  kReloc = 1ULL << 1,
  kError = 1ULL << 2,
  kSeeding = 1ULL << 32,
  kMetadump = 1ULL << 33,
  kMetadumpV2 = 1ULL << 34,
};
// "BTRFS_BLOCK_GROUP_*"
enum GroupType : std::uint64_t {
  kData = 1ULL << 0,
  kSystem = 1ULL << 1,
  kMetadata = 1ULL << 2,
  kRaid0 = 1ULL << 3,
  kRaid1 = 1ULL << 4,
  kDup = 1ULL << 5,
  kRaid10 = 1ULL << 6,
  kRaid5 = 1ULL << 7,
  kRaid6 = 1ULL << 8,
  kRaid1c3 = 1ULL << 9,
  kRaid1c4 = 1ULL << 10,
  kKindMask = kData | kSystem | kMetadata,
  kProfileMask = kRaid0 | kRaid1 | kDup | kRaid10 | kRaid5 | kRaid6 | kRaid1c3 | kRaid1c4,
};

// "BTRFS_*_OBJECTID"
inline constexpr std::uint64_t kRootTree = 1;
inline constexpr std::uint64_t kExtentTree = 2;
inline constexpr std::uint64_t kChunkTree = 3;
inline constexpr std::uint64_t kDeviceTree = 4;
inline constexpr std::uint64_t kGroupTree = 11;
inline constexpr std::uint64_t kDeviceItems = 1;
inline constexpr std::uint64_t kFirstChunkTree = 256;
inline constexpr std::uint64_t kBalance = ~std::uint64_t{0} - 3;  // -4

// "BTRFS_*_KEY"
enum ItemType : std::uint8_t {
  kRootItem = 132,
  kExtentItem = 168,
  kMetadataItem = 169,
  kTreeBlockRef = 176,
  kExtentDataRef = 178,
  kSharedBlockRef = 182,
  kSharedDataRef = 184,
  kGroupItem = 192,
  kDeviceExtent = 204,
  kDeviceItem = 216,
  kChunkItem = 228,
  kTemporaryItem = 248,
  kDeviceReplace = 250,
};

// In the order in which trees are sorted.
struct Key {
  std::uint64_t object = 0;
  std::uint8_t type = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const Key&, const Key&) = default;
};
inline constexpr Key kLastKey{std::numeric_limits<std::uint64_t>::max(), 255,
                              std::numeric_limits<std::uint64_t>::max()};

struct DiskKey {
  le64 object;
  std::uint8_t type;
  le64 offset;
  Key value() const { return {object, type, offset}; }
};
static_assert(sizeof(DiskKey) == 17);

struct DeviceItem {
  le64 id;
  le64 totalBytes;
  le64 bytesUsed;  // allocated to chunks
  le32 ioAlign;
  le32 ioWidth;
  le32 sectorSize;
  le64 type;
  le64 generation;
  le64 startOffset;
  le32 group;
  std::uint8_t seekSpeed;
  std::uint8_t bandwidth;
  Uuid uuid;
  Uuid fsid;
};
static_assert(sizeof(DeviceItem) == 98);

struct Super {
  std::array<std::byte, kSumSize> checksum;
  Uuid fsid;
  le64 bytenr;  // where it lies itself
  le64 flags;
  le64 magic;
  le64 generation;
  le64 root;
  le64 chunkRoot;
  le64 logRoot;
  le64 logRootTransaction;
  le64 totalBytes;
  le64 bytesUsed;
  le64 rootDirectory;
  le64 devices;
  le32 sectorSize;
  le32 nodeSize;
  le32 leafSize;
  le32 stripeSize;
  le32 systemArrayBytes;
  le64 chunkRootGeneration;
  le64 compat;
  le64 compatRo;
  le64 incompat;
  le16 checksumType;
  std::uint8_t rootLevel;
  std::uint8_t chunkRootLevel;
  std::uint8_t logRootLevel;
  DeviceItem device;
  char label[256];
  le64 cacheGeneration;
  le64 uuidTreeGeneration;
  Uuid metadataUuid;
  le64 globalRoots;
  le64 reserved[27];
  std::byte systemArray[kSystemArraySize];
  std::byte backupRoots[672];
  std::byte padding[565];
};
static_assert(sizeof(Super) == kSuperSize);
static_assert(offsetof(Super, device) == 201 && offsetof(Super, systemArray) == 811);

struct Header {
  std::array<std::byte, kSumSize> checksum;
  Uuid fsid;
  le64 bytenr;
  le64 flags;
  Uuid chunkTreeUuid;
  le64 generation;
  le64 owner;
  le32 items;
  std::uint8_t level;
};
static_assert(sizeof(Header) == 101);

struct LeafItem {
  DiskKey key;
  le32 offset;  // from the end of the header
  le32 size;
};
static_assert(sizeof(LeafItem) == 25);

struct NodePointer {
  DiskKey key;
  le64 block;
  le64 generation;
};
static_assert(sizeof(NodePointer) == 33);

struct ChunkHeader {  // "struct btrfs_chunk" without its stripes
  le64 length;
  le64 owner;
  le64 stripeLength;
  le64 type;
  le32 ioAlign;
  le32 ioWidth;
  le32 sectorSize;
  le16 stripes;
  le16 subStripes;
};
static_assert(sizeof(ChunkHeader) == 48);

struct ChunkStripe {
  le64 device;
  le64 offset;
  Uuid deviceUuid;
};
static_assert(sizeof(ChunkStripe) == 32);

struct RootItem {  // as short as old filesystems have it
  std::byte inode[160];
  le64 generation;
  le64 rootDirectory;
  le64 bytenr;
  le64 byteLimit;
  le64 bytesUsed;
  le64 lastSnapshot;
  le64 flags;
  le32 references;
  DiskKey dropProgress;
  std::uint8_t dropLevel;
  std::uint8_t level;
};
static_assert(sizeof(RootItem) == 239);

struct ExtentItem {
  le64 references;
  le64 generation;
  le64 flags;  // kExtentIsData or kExtentIsTreeBlock, and more
};
static_assert(sizeof(ExtentItem) == 24);
inline constexpr std::uint64_t kExtentIsData = 1;
inline constexpr std::uint64_t kExtentIsTreeBlock = 2;

struct GroupItem {
  le64 used;
  le64 chunkObject;
  le64 flags;
};
static_assert(sizeof(GroupItem) == 24);

struct DeviceExtentItem {
  le64 chunkTree;
  le64 chunkObject;
  le64 chunkOffset;
  le64 length;
  Uuid chunkTreeUuid;
};
static_assert(sizeof(DeviceExtentItem) == 48);

struct ReplaceItem {
  le64 sourceDevice;
  le64 cursorLeft;
  le64 cursorRight;
  le64 readMode;
  le64 state;
  le64 started;
  le64 stopped;
  le64 writeErrors;
  le64 readErrors;
  // "BTRFS_IOCTL_DEV_REPLACE_STATE_*": 0 never started, 2 finished, 3 cancelled. Anything else is
  // a replacement that goes on when the filesystem is next mounted.
  bool isRunning() const { return state != 0 && state != 2 && state != 3; }
};
static_assert(sizeof(ReplaceItem) == 72);

}  // namespace disktwin::fs::btrfs
