#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "clone/table/gpt/crc32.h"
#include "clone/table/gpt/format.h"
#include "clone/table/gpt/gpt.h"
#include "clone/table/mbr/mbr.h"
#include "platform/error.h"

namespace disktwin::table::gpt {
namespace {

void encodeEntry(const Partition& partition, std::span<std::byte> out) {
  RawEntry raw{partition.type,         partition.id,         partition.firstLba,
               partition.endLba() - 1, partition.attributes, {}};
  std::transform(partition.nameUnits.begin(), partition.nameUnits.end(), raw.name.begin(),
                 [](char16_t unit) { return le16(static_cast<std::uint16_t>(unit)); });
  std::memcpy(out.data(), &raw, sizeof raw);
  const std::size_t room = std::min(partition.extra.size(), out.size() - sizeof raw);
  std::copy_n(partition.extra.begin(), room, out.begin() + sizeof raw);
}

void refuseNonsense(const Layout& layout, const Partition& partition) {
  const GptHeader& gpt = layout.gpt;
  if (partition.number >= 1 && partition.number <= gpt.entryCount) return;
  throw Error(ErrorKind::Invalid, fmt::format("partition {}", partition.number),
              fmt::format("has no place in a GPT of {} entries", gpt.entryCount));
}

std::vector<std::byte> encodeEntries(const Layout& layout) {
  const std::size_t size = layout.gpt.entrySize;
  std::vector<std::byte> out(entryBytes(layout.gpt.entryCount, layout.gpt.entrySize));
  for (const Partition& partition : layout.partitions) {
    refuseNonsense(layout, partition);
    encodeEntry(partition, std::span(out).subspan((partition.number - 1) * size, size));
  }
  return out;
}

std::vector<std::byte> encodeHeader(const Layout& layout, bool primary, std::uint32_t entriesCrc) {
  const GptHeader& gpt = layout.gpt;
  RawHeader raw{};
  raw.signature = kSignature;
  raw.revision = gpt.revision;
  raw.headerSize = gpt.headerSize;
  raw.myLba = primary ? kHeaderLba : gpt.backupLba;
  raw.alternateLba = primary ? gpt.backupLba : kHeaderLba;
  raw.firstUsableLba = gpt.firstUsableLba;
  raw.lastUsableLba = gpt.lastUsableLba;
  raw.diskId = gpt.diskId;
  raw.entriesLba = primary ? gpt.entriesLba : gpt.backupEntriesLba;
  raw.entryCount = gpt.entryCount;
  raw.entrySize = gpt.entrySize;
  raw.entriesCrc = entriesCrc;

  std::vector<std::byte> sector(layout.sectorSize);
  std::memcpy(sector.data(), &raw, sizeof raw);
  const std::size_t covered = std::clamp<std::size_t>(gpt.headerSize, sizeof raw, sector.size());
  std::copy_n(gpt.extra.begin(), std::min(gpt.extra.size(), covered - sizeof raw),
              sector.begin() + sizeof raw);
  raw.headerCrc = crc32(std::span(sector).first(covered));
  std::memcpy(sector.data(), &raw, sizeof raw);
  return sector;
}

}  // namespace

std::uint64_t usualBackupEntries(std::uint64_t backupLba, std::uint64_t arraySectors) {
  return backupLba > arraySectors ? backupLba - arraySectors : 0;
}

MbrEntry protectiveEntry(std::uint64_t sectorCount) {
  // UEFI 2.10, table 5.4. All ones where the value does not fit.
  const std::uint64_t behind = sectorCount == 0 ? 0 : sectorCount - 1;
  MbrEntry entry;
  entry.firstChs = {0x00, 0x02, 0x00};
  entry.type = mbr::kProtective;
  entry.lastChs = {0xFF, 0xFF, 0xFF};
  entry.firstLba = 1;
  entry.lbaCount = static_cast<std::uint32_t>(std::min<std::uint64_t>(behind, 0xFFFFFFFF));
  return entry;
}

std::vector<TableBlock> encode(const Layout& layout) {
  const GptHeader& gpt = layout.gpt;
  if (gpt.entrySize < sizeof(RawEntry) ||
      entryBytes(gpt.entryCount, gpt.entrySize) > kMostEntryBytes) {
    throw Error(
        ErrorKind::Invalid, "GPT",
        fmt::format("{} entries of {} bytes cannot be written", gpt.entryCount, gpt.entrySize));
  }
  const std::uint64_t unit = layout.sectorSize;
  std::vector<std::byte> entries = encodeEntries(layout);
  const std::uint32_t crc = crc32(entries);
  entries.resize(arraySectors(layout) * unit);
  std::vector<TableBlock> blocks;
  blocks.push_back({gpt.backupEntriesLba * unit, entries});
  blocks.push_back({gpt.backupLba * unit, encodeHeader(layout, false, crc)});
  blocks.push_back({gpt.entriesLba * unit, std::move(entries)});
  blocks.push_back({kHeaderLba * unit, encodeHeader(layout, true, crc)});
  blocks.push_back({0, mbr::encodeSectorZero(layout.mbr, layout.sectorSize)});
  return blocks;
}

std::vector<Extent> places(const Layout& layout) {
  const std::uint64_t array = arraySectors(layout);
  return {{0, 1},
          {kHeaderLba, 1},
          {layout.gpt.entriesLba, array},
          {layout.gpt.backupEntriesLba, array},
          {layout.gpt.backupLba, 1}};
}

}  // namespace disktwin::table::gpt
