#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "clone/table/findings.h"
#include "clone/table/gpt/gpt.h"
#include "clone/table/gpt/pair.h"
#include "clone/table/mbr/mbr.h"

namespace disktwin::table::gpt {
namespace {

Partition decode(std::span<const std::byte> bytes, std::uint32_t number) {
  const auto raw = structAt<RawEntry>(bytes, 0);
  Partition out;
  out.number = number;
  out.type = raw.type;
  out.id = raw.id;
  out.attributes = raw.attributes;
  out.firstLba = raw.firstLba;
  if (raw.lastLba >= raw.firstLba) {
    // Nonsense must not wrap around; check() finds it.
    const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() - raw.firstLba;
    out.lbaCount = std::min(raw.lastLba - raw.firstLba, most - 1) + 1;
    if (most == 0) out.lbaCount = 0;
  }
  std::transform(raw.name.begin(), raw.name.end(), out.nameUnits.begin(),
                 [](le16 unit) { return static_cast<char16_t>(unit.value()); });
  const auto extra = bytes.subspan(sizeof raw);
  out.extra.assign(extra.begin(), extra.end());
  return out;
}

void decodeEntries(const Table& table, Layout& layout) {
  const std::size_t size = table.header.entrySize;
  for (std::uint32_t i = 0; i < table.header.entryCount; ++i) {
    const auto bytes = std::span(table.entries).subspan(i * size, size);
    if (structAt<Guid>(bytes, 0).isZero()) continue;
    layout.partitions.push_back(decode(bytes, i + 1));
  }
}

// Where the backup header is, or belongs when it is lost.
std::uint64_t backupPlace(const Medium& medium, const Pair& pair, const Table& table) {
  if (pair.backup.intact || !table.fromPrimary) return pair.backup.lba;
  const std::uint64_t named = table.header.alternateLba;
  return named > table.header.lastUsableLba && named < medium.sectorCount ? named
                                                                          : medium.lastLba();
}

// A disk that was cut short, or cloned onto a smaller one byte by byte: its GPT still describes the
// longer one. As long as the partitions themselves are there, all is well with a new end.
void shorten(const Table& table, Layout& layout) {
  GptHeader& gpt = layout.gpt;
  gpt.lastUsableLba = std::max<std::uint64_t>(gpt.backupEntriesLba, 1) - 1;
  if (gpt.lastUsableLba < gpt.firstUsableLba) {
    report(
        layout, Severity::Fatal,
        fmt::format("GPT: its partitions may start at sector {}, but this disk ends at {}; was the "
                    "disk cut short?",
                    gpt.firstUsableLba, layout.sectorCount - 1));
    return;
  }
  report(layout, Severity::Repaired,
         fmt::format("GPT: describes a disk that ends at sector {}, this one ends at {}; fitted to "
                     "the shorter disk",
                     table.header.alternateLba.value(), layout.sectorCount - 1));
}

void noteBackupPlace(const Pair& pair, const Table& table, Layout& layout) {
  const std::uint64_t last = layout.sectorCount - 1;
  if (pair.primary.headerIntact && pair.backup.intact && table.fromPrimary &&
      pair.primary.header.alternateLba.value() != pair.backup.lba) {
    report(
        layout, Severity::Repaired,
        fmt::format("primary GPT header: names sector {} as the place of the backup, found at {}",
                    pair.primary.header.alternateLba.value(), pair.backup.lba));
  }
  if (layout.gpt.backupLba != last) {
    report(layout, Severity::Note,
           fmt::format("backup GPT: lies at sector {}, not at the disk's end ({}); the disk was "
                       "probably grown",
                       layout.gpt.backupLba, last));
  }
}

void fill(const Medium& medium, const Pair& pair, const Table& table, Layout& layout) {
  GptHeader& gpt = layout.gpt;
  gpt.revision = table.header.revision;
  gpt.headerSize = table.header.headerSize;
  gpt.extra = table.extra;
  gpt.diskId = table.header.diskId;
  gpt.firstUsableLba = table.header.firstUsableLba;
  gpt.lastUsableLba = table.header.lastUsableLba;
  gpt.entryCount = table.header.entryCount;
  gpt.entrySize = table.header.entrySize;
  gpt.backupLba = backupPlace(medium, pair, table);
  const ArrayPlaces places = arrayPlaces(medium, pair, table, gpt.backupLba);
  gpt.entriesLba = places.primary;
  gpt.backupEntriesLba = places.backup;
  decodeEntries(table, layout);
  if (!table.trusted) return;
  if (!pair.backup.intact && gpt.lastUsableLba >= gpt.backupEntriesLba) shorten(table, layout);
  noteBackupPlace(pair, table, layout);
}

// The kernel wants the magic and an entry of type EE from sector 1 on; without them the disk has no
// partitions for it. What is wrong there is put right as long as nothing else is kept there.
void repairProtective(const mbr::SectorZero& zero, Layout& layout) {
  auto& entries = layout.mbr.entries;
  if (!zero.announcesGpt()) {
    entries[0] = protectiveEntry(layout.sectorCount);
    report(layout, Severity::Repaired,
           "protective MBR: is missing, but there is a valid GPT; made anew");
    return;
  }
  if (!zero.bearsMagic) {
    report(layout, Severity::Repaired, "protective MBR: its end mark 55 AA is missing; made anew");
  }
  if (layout.isHybrid()) return;
  const auto entry = std::find_if(entries.begin(), entries.end(), [](const MbrEntry& candidate) {
    return candidate.type == mbr::kProtective;
  });
  if (entry->firstLba == 1) return;
  report(layout, Severity::Repaired,
         fmt::format("protective MBR: its entry starts at sector {}, expected 1; made anew",
                     entry->firstLba));
  *entry = protectiveEntry(layout.sectorCount);
}

}  // namespace

std::optional<Layout> read(const BlockReader& disk, const mbr::SectorZero& zero,
                           std::span<const std::uint32_t> units) {
  if (!zero.announcesGpt() && !zero.isBlank()) return std::nullopt;
  const Pair pair = readPair(disk, units);
  const Medium medium(disk, pair.sectorSize);
  Layout layout;
  layout.kind = TableKind::Gpt;
  layout.sectorSize = pair.sectorSize;
  layout.sectorCount = medium.sectorCount;
  layout.mbr = zero.record;
  layout.mbr.tail = mbr::readTail(disk, pair.sectorSize);
  const std::optional<Table> table = choose(medium, pair, layout.findings);
  const bool trusted = table && table->trusted;
  // Remnants without a protective entry are a GPT only when a primary header is there and all is
  // proven: a backup alone may be left over from the disk's earlier life.
  if (!zero.announcesGpt() && !(trusted && pair.primary.bearsSignature)) return std::nullopt;
  if (!zero.bearsMagic && !trusted) return std::nullopt;
  layout.gpt.backupLba = medium.lastLba();
  layout.gpt.backupEntriesLba = usualBackupEntries(medium.lastLba(), arraySectors(layout));
  if (table) fill(medium, pair, *table, layout);
  if (trusted) {
    repairProtective(zero, layout);
    check(layout);
  }
  if (pair.sectorSize != units.front()) {
    report(layout, Severity::Note,
           fmt::format("partition table: counts in sectors of {} bytes, the disk's own have {}",
                       pair.sectorSize, units.front()));
  }
  return layout;
}

void reportRemnants(const BlockReader& disk, std::uint32_t sectorSize, Layout& layout) {
  const Pair pair = readPair(Medium(disk, sectorSize));
  if (pair.primary.bearsSignature) {
    report(layout, Severity::Note,
           "an old GPT header lies in sector 1, but sector 0 does not announce it; it is ignored");
  }
  if (pair.backup.headerIntact) {
    report(
        layout, Severity::Note,
        fmt::format("an old backup GPT lies at sector {}, but sector 0 does not announce it; it is "
                    "ignored",
                    pair.backup.lba));
  }
}

}  // namespace disktwin::table::gpt
