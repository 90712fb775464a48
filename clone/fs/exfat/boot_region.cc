#include "clone/fs/exfat/boot_region.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "clone/io/checksum.h"

namespace disktwin::fs::exfat {
namespace {

constexpr std::uint32_t kRegionSectors = 12;
constexpr std::uint32_t kMostClusters = 0xFFFFFFF5;  // section 3.1.9: 2^32 - 11

// Section 3.4: over the first 11 sectors, leaving out what changes in daily use.
std::uint32_t checksum(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 106 || i == 107 || i == 112) continue;  // VolumeFlags, PercentInUse
    sum = (sum << 31 | sum >> 1) + std::to_integer<std::uint32_t>(bytes[i]);
  }
  return sum;
}

// Whether the last sector of the region that starts at `offset` holds the region's checksum
// throughout.
bool regionIsWhole(const BlockReader& volume, std::uint64_t offset, std::uint32_t sectorBytes) {
  const std::size_t length = std::size_t{kRegionSectors} * sectorBytes;
  if (!extentFits(offset, length, volume.size())) return false;
  const auto bytes = readBytes(volume, offset, length);
  const std::size_t summed = length - sectorBytes;
  const std::uint32_t expected = checksum(std::span(bytes).first(summed));
  for (std::size_t at = summed; at < length; at += 4) {
    if (!checksumAgrees(structAt<le32>(bytes, at), expected)) return false;
  }
  return true;
}

// Sections 3.1.5 to 3.1.10 and 3.1.16, with the limits they name.
std::string checkLayout(const BootSector& boot, const Geometry& g, const BlockReader& volume) {
  const std::uint64_t sector = g.sectorBytes;
  if (boot.volumeLength > volume.size() / sector) {
    return fmt::format("the file system claims {} sectors, the volume has {}",
                       boot.volumeLength.value(), volume.size() / sector);
  }
  if (boot.tableCount != 1 && boot.tableCount != 2) {
    return fmt::format("it has {} file allocation tables, 1 or 2 are possible", boot.tableCount);
  }
  if (g.activeTable >= g.tableCount) return "its active file allocation table does not exist";
  if (g.tableStart < g.bootRegions().end())
    return "its file allocation table overlaps the boot region";
  if (g.heapStart < g.tableStart + g.tableCount * g.tableBytes) {
    return "its clusters begin within the file allocation table";
  }
  if (g.clusterCount == 0 || g.clusterCount > kMostClusters) {
    return fmt::format("{} clusters are not possible", g.clusterCount);
  }
  const std::uint64_t entries = std::uint64_t{g.clusterCount} + kFirstCluster;
  if (g.tableBytes / 4 < entries) {
    return fmt::format("its file allocation table has {} bytes, {} clusters need {}", g.tableBytes,
                       g.clusterCount, entries * 4);
  }
  if (!extentFits(g.heapStart, std::uint64_t{g.clusterCount} * g.clusterBytes, g.size)) {
    return fmt::format("its {} clusters pass the end of the file system", g.clusterCount);
  }
  if (!g.isCluster(g.rootCluster)) {
    return fmt::format("its root directory begins at cluster {}, the last one is {}", g.rootCluster,
                       entries - 1);
  }
  return {};
}

std::string findProblem(const BootSector& boot, Geometry& g, const BlockReader& volume) {
  const bool mainIsWhole = regionIsWhole(volume, 0, g.sectorBytes);
  const bool backupIsWhole =
      regionIsWhole(volume, std::uint64_t{kRegionSectors} * g.sectorBytes, g.sectorBytes);
  g.backupDamaged = !backupIsWhole;
  if (!mainIsWhole) {
    return backupIsWhole
               ? "the checksum of its boot region is wrong (its backup is intact: repair with fsck)"
               : "the checksums of its boot region and of the backup are wrong";
  }
  if (boot.endMark != 0xAA55) return "its boot sector does not end in 55 AA";
  if (std::ranges::any_of(boot.mustBeZero, [](std::uint8_t byte) { return byte != 0; })) {
    return "its boot sector has other content where exFAT keeps zeroes";
  }
  // Section 3.1.12: higher minor numbers stay readable, other major ones need not.
  if (boot.revisionMajor != 1) {
    return fmt::format("it is exFAT revision {}.{}, only 1.x is known", boot.revisionMajor,
                       boot.revisionMinor);
  }
  return checkLayout(boot, g, volume);
}

std::uint64_t saturatingShift(std::uint64_t value, unsigned shift) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() >> shift;
  return std::min(value, most) << shift;
}

}  // namespace

std::optional<Geometry> readGeometry(const BlockReader& volume) {
  if (volume.size() < sizeof(BootSector)) return std::nullopt;
  const auto boot = readStruct<BootSector>(volume, 0);
  if (std::string_view(boot.name.data(), boot.name.size()) != "EXFAT   ") return std::nullopt;
  Geometry g;
  g.serial = boot.serial;
  // Sections 3.1.14 and 3.1.15: sectors of 512 to 4096 bytes, clusters of up to 32 MiB.
  if (boot.sectorShift < 9 || boot.sectorShift > 12 || boot.clusterShift > 25 - boot.sectorShift) {
    g.problem = fmt::format("sectors of 2^{} bytes and clusters of 2^{} sectors are not possible",
                            boot.sectorShift, boot.clusterShift);
    return g;
  }
  g.sectorBytes = 1U << boot.sectorShift;
  g.clusterBytes = g.sectorBytes << boot.clusterShift;
  g.size = saturatingShift(boot.volumeLength, boot.sectorShift);
  g.tableStart = std::uint64_t{boot.tableOffset} * g.sectorBytes;
  g.tableBytes = std::uint64_t{boot.tableLength} * g.sectorBytes;
  g.tableCount = boot.tableCount;
  g.heapStart = std::uint64_t{boot.heapOffset} * g.sectorBytes;
  g.clusterCount = boot.clusterCount;
  g.rootCluster = boot.rootCluster;
  if (boot.percentInUse <= 100) g.percentInUse = boot.percentInUse;
  // Section 3.1.13.
  g.activeTable = boot.flags & 1;
  g.dirty = (boot.flags & 2) != 0;
  g.mediaFailure = (boot.flags & 4) != 0;
  g.problem = findProblem(boot, g, volume);
  return g;
}

}  // namespace disktwin::fs::exfat
