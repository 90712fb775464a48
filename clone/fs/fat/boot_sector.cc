#include "clone/fs/fat/boot_sector.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string_view>

namespace disktwin::fs::fat {
namespace {

// Drivers draw the line between FAT12 and FAT16 at 4085 clusters (fatgen103, Linux) or 4087
// (Windows).
constexpr std::uint64_t kFirstFat16 = 4085;
constexpr std::uint64_t kSurelyFat16 = 4087;
constexpr std::uint64_t kMostFat16 = 65524;
constexpr std::uint64_t kMostFat32 = 0x0FFFFFF6;

template <std::size_t N>
bool startsWith(const std::array<char, N>& field, std::string_view text) {
  return std::string_view(field.data(), N).starts_with(text);
}

bool isPowerOfTwo(std::uint32_t value) {
  return std::has_single_bit(value);
}

// BitLocker To Go puts a FAT32 boot sector in front of an encrypted volume, so that old systems
// find a reader program there. The files in it are a facade; the content is elsewhere.
bool hidesBitLocker(const BlockReader& volume, const BootSector& boot) {
  if (startsWith(boot.oem, "-FVE-FS-")) return true;
  if (!startsWith(boot.oem, "MSWIN4.1")) return false;
  constexpr std::size_t kGuidAt = 424;
  constexpr std::size_t kMetadataAt = 440;
  constexpr std::array<std::uint8_t, 16> kGuid = {0x3B, 0xD6, 0x67, 0x49, 0x29, 0x2E, 0xD8, 0x4A,
                                                  0x83, 0x99, 0xF6, 0xA3, 0x39, 0xE3, 0xD0, 0x01};
  const auto bytes = std::as_bytes(std::span(&boot, 1));
  if (structAt<std::array<std::uint8_t, 16>>(bytes, kGuidAt) == kGuid) return true;
  const std::uint64_t at = structAt<le64>(bytes, kMetadataAt);
  if (at == 0 || !extentFits(at, 8, volume.size())) return false;
  return startsWith(readStruct<std::array<char, 8>>(volume, at), "-FVE-FS-");
}

// Old floppies bear no words, but end in 55 AA; some formatters do it the other way round.
bool isMarked(const BootSector& boot) {
  const auto old = boot.old().type;
  const auto fat32 = boot.fat32().type;
  if (startsWith(old, "FAT12   ") || startsWith(old, "FAT16   ") || startsWith(old, "FAT     ") ||
      startsWith(old, "MSDOS") || startsWith(fat32, "FAT32   ") || startsWith(fat32, "MSWIN")) {
    return true;
  }
  if (boot.endMark != std::array<std::uint8_t, 2>{0x55, 0xAA}) return false;
  // OS/2 gives its JFS and HPFS volumes a boot sector with the parameters of a FAT.
  return !startsWith(old, "JFS     ") && !startsWith(old, "HPFS    ");
}

// fatgen103, "Boot Sector and BPB": the values that every driver insists on.
bool isPlausible(const BootSector& boot) {
  const std::uint32_t sector = boot.sectorBytes;
  return isPowerOfTwo(sector) && sector >= 512 && sector <= 4096 &&
         isPowerOfTwo(boot.clusterSectors) && boot.reservedSectors != 0 && boot.tableCount != 0 &&
         (boot.media == 0xF0 || boot.media >= 0xF8);
}

template <typename Tail>
void readCommonTail(const Tail& tail, Geometry& g) {
  // libblkid, and so /dev/disk/by-uuid, takes the number even when BS_BootSig does not vouch for
  // it.
  g.serial = tail.serial;
  if (tail.signature == 0x29) g.label = tail.label;
  if (tail.signature == 0x28 || tail.signature == 0x29) g.state = tail.state;
}

void readFat32Tail(const Fat32Tail& tail, Geometry& g) {
  readCommonTail(tail, g);
  g.rootCluster = tail.rootCluster;
  const std::uint16_t info = tail.infoSector;
  const std::uint16_t backup = tail.backupSector;
  if (info != 0xFFFF) g.infoAt = std::uint64_t{info} * g.sectorBytes;
  if (backup != 0xFFFF) g.backupAt = std::uint64_t{backup} * g.sectorBytes;
  // BPB_ExtFlags: bit 7 says that only one table, bits 0 to 3, is kept up to date.
  g.mirrored = (tail.flags & 0x80) == 0;
  if (!g.mirrored) g.activeTable = tail.flags & 0x0F;
  if (g.activeTable >= g.tableCount) {
    g.problem =
        fmt::format("its boot sector calls file allocation table {} the active one, but has {}",
                    g.activeTable + 1, g.tableCount);
    g.activeTable = 0;
  }
  // "A driver must not mount a volume of a higher version than it knows": only 0:0 was ever made.
  if (tail.majorVersion != 0 || tail.minorVersion != 0) {
    g.problem = fmt::format("it is FAT32 version {}.{}, only 0.0 is known", tail.majorVersion,
                            tail.minorVersion);
  }
}

std::string findProblem(const BootSector& boot, const Geometry& g, const BlockReader& volume) {
  if (g.size > volume.size()) {
    return fmt::format("the file system claims {} bytes, the volume has {}", g.size, volume.size());
  }
  if (g.clusterCount == 0) return "the file system has no room for a single cluster";
  if (g.usefulTableBytes() > g.tableBytes) {
    return fmt::format("its file allocation table has {} bytes, {} clusters need {}", g.tableBytes,
                       g.clusterCount, g.usefulTableBytes());
  }
  if (g.bits == 32) {
    if (boot.rootEntries != 0) return "it has a FAT32 boot sector with a FAT16 root directory";
    if (!g.isCluster(g.rootCluster)) {
      return fmt::format("its root directory begins at cluster {}, the last one is {}",
                         g.rootCluster, std::uint64_t{g.clusterCount} + 1);
    }
    return {};
  }
  if (g.oldRoot.empty() || boot.rootEntries * 32U % g.sectorBytes != 0) {
    return fmt::format("its root directory has {} entries, which do not fill whole sectors",
                       boot.rootEntries.value());
  }
  if (g.clusterCount >= kFirstFat16 && g.clusterCount < kSurelyFat16) {
    return fmt::format("with {} clusters some systems take it for FAT12 and some for FAT16",
                       g.clusterCount);
  }
  return {};
}

std::optional<Geometry> layOut(const BootSector& boot, const BlockReader& volume) {
  Geometry g;
  g.sectorBytes = boot.sectorBytes;
  g.clusterBytes = g.sectorBytes * boot.clusterSectors;
  g.tableCount = boot.tableCount;
  g.reservedBytes = std::uint64_t{boot.reservedSectors} * g.sectorBytes;
  // fatgen103 counts clusters to tell the types apart, but every driver takes a table size of zero
  // here for FAT32, and small FAT32 volumes are common (EFI system partitions).
  const bool isFat32 = boot.tableSectors16 == 0;
  const std::uint64_t tableSectors = isFat32 ? boot.fat32().tableSectors : boot.tableSectors16;
  const std::uint64_t sectors = boot.sectors16 != 0 ? boot.sectors16 : boot.sectors32;
  const std::uint64_t rootSectors = (boot.rootEntries * 32U + g.sectorBytes - 1) / g.sectorBytes;
  const std::uint64_t before =
      boot.reservedSectors + std::uint64_t{boot.tableCount} * tableSectors + rootSectors;
  if (tableSectors == 0 || before > sectors) return std::nullopt;
  const std::uint64_t clusters = (sectors - before) / boot.clusterSectors;
  if (clusters > (isFat32 ? kMostFat32 : kMostFat16)) return std::nullopt;
  g.bits = isFat32 ? 32 : clusters < kFirstFat16 ? 12 : 16;
  g.clusterCount = static_cast<std::uint32_t>(clusters);
  g.size = sectors * g.sectorBytes;
  g.tableBytes = tableSectors * g.sectorBytes;
  g.dataStart = before * g.sectorBytes;
  g.oldRoot = {g.dataStart - rootSectors * g.sectorBytes, rootSectors * g.sectorBytes};
  if (isFat32) {
    readFat32Tail(boot.fat32(), g);
  } else {
    readCommonTail(boot.old(), g);
  }
  if (g.problem.empty()) g.problem = findProblem(boot, g, volume);
  return g;
}

}  // namespace

std::optional<Geometry> readGeometry(const BlockReader& volume) {
  if (volume.size() < sizeof(BootSector)) return std::nullopt;
  const auto boot = readStruct<BootSector>(volume, 0);
  if (startsWith(boot.oem, "NTFS    ") || startsWith(boot.oem, "EXFAT   ")) return std::nullopt;
  if (!isMarked(boot) || !isPlausible(boot) || hidesBitLocker(volume, boot)) return std::nullopt;
  return layOut(boot, volume);
}

}  // namespace disktwin::fs::fat
