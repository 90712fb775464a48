#include "clone/fs/ntfs/boot_sector.h"

#include <fmt/format.h>

#include <bit>
#include <string_view>

#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

constexpr std::uint64_t kLargestCluster = 2 * MiB;
constexpr std::uint64_t kLargestRecord = 64 * KiB;

// Up to 128 sectors are given as they are; more (Windows 10 on) as 256 minus the power of two.
std::uint64_t sectorsPerCluster(std::uint8_t raw) {
  if (raw <= 0x80) return raw;
  const unsigned power = 256U - raw;
  return power < 32 ? 1ULL << power : 0;
}

std::uint64_t recordSizeOf(std::uint8_t raw, std::uint64_t clusterSize) {
  if (raw < 0x80) return raw * clusterSize;
  const unsigned power = 256U - raw;
  return power < 32 ? 1ULL << power : 0;
}

std::uint32_t powerOfTwoWithin(std::uint64_t value, std::uint64_t least, std::uint64_t most,
                               std::string_view what) {
  if (!std::has_single_bit(value) || value < least || value > most) {
    throw Damage{
        fmt::format("the boot sector gives {} as {} bytes, expected a power of two from {} to {}",
                    what, value, least, most)};
  }
  return static_cast<std::uint32_t>(value);
}

}  // namespace

bool bearsSignature(const BootSector& boot) {
  return std::string_view(boot.oemId.data(), boot.oemId.size()) == "NTFS    ";
}

Geometry geometryOf(const BootSector& boot, std::uint64_t volumeSize) {
  Geometry out;
  out.sectorSize = powerOfTwoWithin(boot.bytesPerSector, 512, 4096, "the sector size");
  out.clusterSize = powerOfTwoWithin(sectorsPerCluster(boot.sectorsPerCluster) * out.sectorSize,
                                     out.sectorSize, kLargestCluster, "the cluster size");
  out.recordSize = powerOfTwoWithin(recordSizeOf(boot.clustersPerRecord, out.clusterSize),
                                    kFixupStride, kLargestRecord, "the size of an MFT record");
  out.sectors = boot.sectors;
  if (out.sectors > volumeSize / out.sectorSize) {
    throw Damage{
        fmt::format("the boot sector counts {} sectors of {} bytes, but there are only {} bytes",
                    out.sectors, out.sectorSize, volumeSize)};
  }
  out.clusters = out.bytes() / out.clusterSize;
  if (out.clusters == 0) throw Damage{"the boot sector counts not even one cluster"};
  out.mftLcn = boot.mftLcn;
  out.mirrorLcn = boot.mirrorLcn;
  if (out.mftLcn >= out.clusters || out.mirrorLcn >= out.clusters) {
    throw Damage{fmt::format(
        "the boot sector places the MFT at cluster {} and its mirror at {}, but there are only {}",
        out.mftLcn, out.mirrorLcn, out.clusters)};
  }
  return out;
}

}  // namespace disktwin::fs::ntfs
