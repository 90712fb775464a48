#include "clone/fs/hidden_sectors.h"

#include <array>
#include <cstring>
#include <limits>

#include "clone/io/endian.h"

namespace disktwin::fs {

bool hasHiddenSectors(const std::string& type) {
  return type == "vfat" || type == "ntfs";
}

std::vector<Patch> moveHiddenSectors(const BlockReader& volume, std::uint32_t sectorBytes,
                                     const std::set<std::uint64_t>& copies, std::uint64_t from,
                                     std::uint64_t to) {
  // BPB_HiddSec of fatgen103; NTFS has it in the same place.
  constexpr std::uint64_t kPlace = 28;
  using Head = std::array<std::byte, kPlace>;
  std::vector<Patch> out;
  if (sectorBytes == 0 || from % sectorBytes != 0 || to % sectorBytes != 0) return out;
  const std::uint64_t now = from / sectorBytes;
  const std::uint64_t then = to / sectorBytes;
  if (now == then || then > std::numeric_limits<std::uint32_t>::max()) return out;
  std::set<std::uint64_t> places = copies;
  places.insert(0);
  for (const std::uint64_t place : places) {
    if (!extentFits(place, sectorBytes, volume.size())) continue;
    if (readStruct<Head>(volume, place) != readStruct<Head>(volume, 0)) continue;
    if (readStruct<le32>(volume, place + kPlace) != now) continue;
    const le32 number(static_cast<std::uint32_t>(then));
    Patch patch{place + kPlace, std::vector<std::byte>(sizeof number)};
    std::memcpy(patch.bytes.data(), &number, sizeof number);
    out.push_back(std::move(patch));
  }
  return out;
}

}  // namespace disktwin::fs
