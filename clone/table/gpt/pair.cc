#include "clone/table/gpt/pair.h"

#include <fmt/format.h>

#include <utility>

#include "clone/table/gpt/gpt.h"

namespace disktwin::table::gpt {
namespace {

constexpr std::uint64_t kUsualEntriesLba = 2;

// How much a copy found at one of the possible places is worth. When the primary is damaged but
// still names its disk, a backup that names the same one is preferred over a leftover.
int worth(const Copy& copy, const Copy& primary) {
  const bool same = primary.bearsSignature && copy.header.diskId == primary.header.diskId;
  return (copy.intact ? 8 : 0) + (copy.headerIntact ? 4 : 0) + (copy.bearsSignature ? 2 : 0) +
         (same ? 1 : 0);
}

int worth(const Pair& pair) {
  if (pair.primary.intact) return 8;
  if (pair.backup.intact) return pair.primary.bearsSignature ? 7 : 6;
  if (pair.primary.headerIntact) return 5;
  if (pair.backup.headerIntact) return 4;
  if (pair.primary.bearsSignature) return 3;
  return pair.backup.bearsSignature ? 2 : 1;
}

std::uint64_t sectorsOf(const Medium& medium, const RawHeader& header) {
  return sectorsFor(entryBytes(header.entryCount, header.entrySize), medium.sectorSize);
}

bool sameArraySize(const RawHeader& a, const RawHeader& b) {
  return a.entryCount == b.entryCount && a.entrySize == b.entrySize;
}

std::string differences(const RawHeader& a, const RawHeader& b) {
  std::string out;
  const auto add = [&out](bool differs, const char* what) {
    if (differs) out += (out.empty() ? "" : ", ") + std::string(what);
  };
  add(a.diskId != b.diskId, "the disk's GUID");
  add(a.entriesCrc != b.entriesCrc, "the partitions");
  add(a.firstUsableLba != b.firstUsableLba || a.lastUsableLba != b.lastUsableLba,
      "the usable range");
  add(!sameArraySize(a, b), "the number or size of the entries");
  add(a.revision != b.revision || a.headerSize != b.headerSize, "the revision");
  return out;
}

Table tableOf(const Copy& copy, bool fromPrimary) {
  return {copy.header, copy.extra, copy.entries, fromPrimary, true};
}

// The header of one copy with the array of the other, which its CRC proves to be the same.
std::optional<Table> crossed(const Medium& medium, const Copy& good, const Copy& other,
                             bool goodIsPrimary) {
  if (!good.headerIntact) return std::nullopt;
  const std::uint64_t usual = goodIsPrimary
                                  ? usualBackupEntries(other.lba, sectorsOf(medium, good.header))
                                  : kUsualEntriesLba;
  for (const std::uint64_t lba : {other.header.entriesLba.value(), usual}) {
    auto entries = readEntries(medium, good.header, lba);
    if (entries) return Table{good.header, good.extra, std::move(*entries), goodIsPrimary, true};
  }
  return std::nullopt;
}

// Where an array lies that belongs to `copy`: there, if the header can be believed or the array is
// found, otherwise at the usual place.
std::uint64_t placeOf(const Medium& medium, const Copy& copy, const Table& table,
                      std::uint64_t usual) {
  const std::uint64_t claimed = copy.header.entriesLba;
  if (copy.headerIntact && sameArraySize(copy.header, table.header) &&
      readEntriesUnchecked(medium, table.header, claimed)) {
    return claimed;
  }
  if (copy.bearsSignature && readEntries(medium, table.header, claimed)) return claimed;
  return usual;
}

}  // namespace

Pair readPair(const Medium& medium) {
  Pair pair{medium.sectorSize, readCopy(medium, kHeaderLba), {}};
  std::vector<std::uint64_t> places{medium.lastLba()};
  const std::uint64_t named = pair.primary.header.alternateLba;
  if (pair.primary.bearsSignature && named > kHeaderLba && named < medium.lastLba()) {
    // A damaged header may name any place: the usual one is tried before it then.
    places.insert(pair.primary.headerIntact ? places.begin() : places.end(), named);
  }
  int best = -1;
  for (const std::uint64_t lba : places) {
    if (lba <= kHeaderLba) continue;
    Copy copy = readCopy(medium, lba);
    const int value = worth(copy, pair.primary);
    if (value > best) {
      best = value;
      pair.backup = std::move(copy);
    }
  }
  if (best < 0) pair.backup.damage = "header: no room for it";
  return pair;
}

Pair readPair(const BlockReader& disk, std::span<const std::uint32_t> units) {
  Pair best = readPair(Medium(disk, units.front()));
  for (const std::uint32_t unit : units.subspan(1)) {
    if (best.primary.intact) break;
    Pair other = readPair(Medium(disk, unit));
    if (worth(other) > worth(best)) best = std::move(other);
  }
  return best;
}

std::optional<Table> choose(const Medium& medium, const Pair& pair,
                            std::vector<Finding>& findings) {
  const Copy& primary = pair.primary;
  const Copy& backup = pair.backup;
  const auto say = [&findings](Severity severity, std::string text) {
    findings.push_back({severity, std::move(text)});
  };
  if (primary.intact && !(primary.cutShort && backup.intact)) {
    if (!backup.intact) {
      say(Severity::Repaired,
          fmt::format("backup GPT {}; made anew from the primary", backup.damage));
    } else if (const auto what = differences(primary.header, backup.header); !what.empty()) {
      say(Severity::Note,
          fmt::format("backup GPT: is valid, but differs from the primary in {}; the "
                      "primary is used",
                      what));
    }
    return tableOf(primary, true);
  }
  if (backup.intact) {
    const std::string damage = primary.intact ? "describes a longer disk" : primary.damage;
    say(Severity::Repaired, fmt::format("primary GPT {}; taken from the backup", damage));
    return tableOf(backup, false);
  }
  for (const bool usePrimary : {true, false}) {
    auto table = usePrimary ? crossed(medium, primary, backup, true)
                            : crossed(medium, backup, primary, false);
    if (!table) continue;
    say(Severity::Repaired,
        fmt::format("primary GPT {}; put together from both copies", primary.damage));
    say(Severity::Repaired,
        fmt::format("backup GPT {}; put together from both copies", backup.damage));
    return table;
  }
  say(Severity::Fatal,
      fmt::format("GPT: both copies damaged (primary {}; backup {}); repair the table first",
                  primary.damage, backup.damage));
  if (!primary.headerIntact && !backup.headerIntact) return std::nullopt;
  const Copy& rest = primary.headerIntact ? primary : backup;
  auto entries = readEntriesUnchecked(medium, rest.header, rest.header.entriesLba);
  if (!entries) return std::nullopt;
  return Table{rest.header, rest.extra, std::move(*entries), primary.headerIntact, false};
}

ArrayPlaces arrayPlaces(const Medium& medium, const Pair& pair, const Table& table,
                        std::uint64_t backupLba) {
  const std::uint64_t usual = usualBackupEntries(backupLba, sectorsOf(medium, table.header));
  ArrayPlaces out{placeOf(medium, pair.primary, table, kUsualEntriesLba), usual};
  if (backupLba == pair.backup.lba) out.backup = placeOf(medium, pair.backup, table, usual);
  return out;
}

}  // namespace disktwin::table::gpt
