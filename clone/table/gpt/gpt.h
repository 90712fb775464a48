// GUID partition tables.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "clone/table/layout.h"
#include "clone/table/mbr/sector_zero.h"

namespace disktwin::table::gpt {

// The GPT of the disk, or nullopt when it has none: sector 0 announces one, or is blank and a GPT
// is there all the same. `units` are the sector sizes that come into question, the likeliest first.
// Findings included. Throws Error(Read) only when sector 0 cannot be read.
std::optional<Layout> read(const BlockReader& disk, const mbr::SectorZero& zero,
                           std::span<const std::uint32_t> units);

// For a disk without a valid GPT: a Note for each remnant of one.
void reportRemnants(const BlockReader& disk, std::uint32_t sectorSize, Layout& layout);

// Adds to the findings what contradicts itself or is worth knowing about a table that was read.
void check(Layout& layout);

// A protective entry for a disk of that many sectors; count as sfdisk, sgdisk and parted write it.
MbrEntry protectiveEntry(std::uint64_t sectorCount);

std::vector<TableBlock> encode(const Layout& layout);

// The sectors that encode() writes; offset and length in sectors.
std::vector<Extent> places(const Layout& layout);

// Where the backup entries lie when nobody chose another place: right before the backup header.
// 0 when there is no room.
std::uint64_t usualBackupEntries(std::uint64_t backupLba, std::uint64_t arraySectors);

// As the functions of the same name in layout.h; `numbers` are valid, and the size suffices.
std::uint64_t sectorsNeeded(const Layout& layout);
Layout relocated(const Layout& layout, std::uint64_t sectorCount);
Layout withOnly(const Layout& layout, const std::set<std::uint32_t>& numbers);

}  // namespace disktwin::table::gpt
