// Master boot records with primary and logical partitions.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "clone/table/layout.h"
#include "clone/table/mbr/sector_zero.h"

namespace disktwin::table::mbr {

inline constexpr std::uint8_t kProtective = 0xEE;  // type of the entry that guards a GPT

// The table in that sector 0, which isMbr(). `units` are the sector sizes that come into question,
// the likeliest first. Findings included. Throws Error(Read).
Layout read(const BlockReader& disk, const SectorZero& zero, std::span<const std::uint32_t> units);

// Adds to the findings what contradicts itself: overlaps, ends beyond the disk.
void check(Layout& layout);

std::vector<TableBlock> encode(const Layout& layout);

// Sector 0 as it is to lie on disk, one sector long.
std::vector<std::byte> encodeSectorZero(const MasterBootRecord& record, std::uint32_t sectorSize);

// The sectors that encode() writes; offset and length in sectors.
std::vector<Extent> places(const Layout& layout);

// As the functions of the same name in layout.h; `numbers` are valid.
std::uint64_t sectorsNeeded(const Layout& layout);
Layout withOnly(const Layout& layout, const std::set<std::uint32_t>& numbers);
Layout placed(const Layout& layout, const std::map<std::uint32_t, Place>& places);

}  // namespace disktwin::table::mbr
