#include "clone/table/mbr/sector_zero.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "clone/table/mbr/format.h"
#include "clone/table/mbr/mbr.h"

namespace disktwin::table::mbr {
namespace {

bool isZero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

// The jump, the OEM name and the BIOS parameter block, which FAT (Microsoft FAT32
// specification 1.03, "Boot Sector and BPB"), NTFS and exFAT (section 3.1) have in the same places.
struct RawVolumeBoot {
  std::array<std::uint8_t, 3> jump;
  std::array<char, 8> oemName;
  le16 bytesPerSector;
  std::uint8_t sectorsPerCluster;
  le16 reservedSectors;
  std::uint8_t fatCount;
  le16 rootEntries;
  le16 sectorCount;
  std::uint8_t media;
};
static_assert(sizeof(RawVolumeBoot) == 22);

bool looksLikeVolumeBoot(std::span<const std::byte> sector) {
  const auto raw = structAt<RawVolumeBoot>(sector, 0);
  const bool jumps = (raw.jump[0] == 0xEB && raw.jump[2] == 0x90) || raw.jump[0] == 0xE9;
  if (!jumps) return false;
  const std::string_view oem(raw.oemName.data(), raw.oemName.size());
  if (oem == "NTFS    " || oem == "EXFAT   " || oem == "-FVE-FS-") return true;
  // Boot loaders start with a jump as well (GRUB), but leave the parameter block zero.
  const std::uint32_t unit = raw.bytesPerSector;
  return std::has_single_bit(unit) && unit >= 512 && unit <= 4096 &&
         std::has_single_bit(raw.sectorsPerCluster) && raw.reservedSectors.value() != 0 &&
         raw.fatCount != 0 && (raw.media == 0xF0 || raw.media >= 0xF8);
}

// Linux asks for status 0x00 or 0x80 in all four. An entry from sector 0 on would contain the table
// itself; mkfs.fat --mbr and hybrid ISO images have one in what is really a volume on a whole disk.
bool isPlausible(const MbrEntry& entry) {
  return (entry.status & 0x7F) == 0 && (entry.isEmpty() || entry.firstLba != 0);
}

}  // namespace

bool SectorZero::announcesGpt() const {
  return std::any_of(record.entries.begin(), record.entries.end(), [this](const MbrEntry& entry) {
    return entry.type == kProtective && (entry.firstLba == 1 || (bearsMagic && plausible));
  });
}

bool SectorZero::isBlank() const {
  return allZero || (bearsMagic && entriesZero && !isVolumeBoot);
}

bool SectorZero::isMbr() const {
  if (!bearsMagic || !plausible) return false;
  if (entriesZero) return !isVolumeBoot;
  return std::any_of(record.entries.begin(), record.entries.end(),
                     [](const MbrEntry& entry) { return !entry.isEmpty(); });
}

SectorZero readSectorZero(const BlockReader& disk) {
  const std::vector<std::byte> sector = readBytes(disk, 0, sizeof(RawMbr));
  const auto raw = structAt<RawMbr>(sector, 0);
  SectorZero out;
  out.record.bootCode = raw.bootCode;
  out.record.diskSignature = raw.diskSignature;
  out.record.copyProtect = raw.copyProtect;
  out.record.entries = decodeEntries(raw.entries);
  out.bearsMagic = raw.magic.value() == kMagic;
  out.entriesZero =
      isZero(std::span(sector).subspan(offsetof(RawMbr, entries), sizeof(RawMbr::entries)));
  out.allZero = isZero(sector);
  out.plausible = std::all_of(out.record.entries.begin(), out.record.entries.end(), isPlausible);
  out.isVolumeBoot = looksLikeVolumeBoot(sector);
  return out;
}

std::vector<std::byte> readTail(const BlockReader& disk, std::uint32_t sectorSize) {
  if (sectorSize <= sizeof(RawMbr) || disk.size() < sectorSize) return {};
  std::vector<std::byte> tail = readBytes(disk, sizeof(RawMbr), sectorSize - sizeof(RawMbr));
  if (isZero(tail)) tail.clear();
  return tail;
}

}  // namespace disktwin::table::mbr
