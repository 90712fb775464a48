#include "clone/table/gpt/copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "clone/io/checksum.h"
#include "clone/table/gpt/crc32.h"
#include "platform/error.h"

namespace disktwin::table::gpt {
namespace {

// A bad sector in one copy is what the other one is there for.
std::optional<std::vector<std::byte>> tryRead(const Medium& medium, std::uint64_t lba,
                                              std::uint64_t bytes) {
  try {
    return readBytes(medium.disk, lba * medium.sectorSize, static_cast<std::size_t>(bytes));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Read) throw;
    return std::nullopt;
  }
}

std::uint32_t headerCrc(std::vector<std::byte> sector, std::uint32_t headerSize) {
  constexpr std::size_t kPlace = offsetof(RawHeader, headerCrc);
  std::fill_n(sector.begin() + kPlace, sizeof(RawHeader::headerCrc), std::byte{0});
  return crc32(std::span(sector).first(headerSize));
}

// UEFI 2.10, section 5.3.2: the checks that a header has to pass. Empty when it does.
std::string headerDamage(const Medium& medium, const std::vector<std::byte>& sector,
                         const Copy& copy) {
  const RawHeader& header = copy.header;
  if (!copy.bearsSignature) return "no signature, expected \"EFI PART\"";
  if (header.headerSize < sizeof(RawHeader) || header.headerSize > medium.sectorSize) {
    return fmt::format("header size {}, expected {} to {}", header.headerSize.value(),
                       sizeof(RawHeader), medium.sectorSize);
  }
  const std::uint32_t crc = headerCrc(sector, header.headerSize);
  if (!checksumAgrees(header.headerCrc, crc)) {
    return fmt::format("CRC {:#010x}, expected {:#010x}", header.headerCrc.value(), crc);
  }
  if (header.myLba.value() != copy.lba) {
    return fmt::format("names sector {} as its own place, found at {}", header.myLba.value(),
                       copy.lba);
  }
  if (header.firstUsableLba > header.lastUsableLba) {
    return fmt::format("usable sectors from {} to {}", header.firstUsableLba.value(),
                       header.lastUsableLba.value());
  }
  if (copy.lba != kHeaderLba && header.lastUsableLba > medium.lastLba()) {
    return fmt::format("usable up to sector {}, but the disk ends at {}",
                       header.lastUsableLba.value(), medium.lastLba());
  }
  return {};
}

std::string entriesDamage(const Medium& medium, const RawHeader& header) {
  // UEFI 2.10, table 5.5: 128 * 2^n bytes.
  const std::uint32_t size = header.entrySize;
  if (size < sizeof(RawEntry) || !std::has_single_bit(size)) {
    return fmt::format("entry size {}, expected 128 or 128 doubled a few times", size);
  }
  const std::uint64_t bytes = entryBytes(header.entryCount, size);
  if (bytes == 0 || bytes > kMostEntryBytes) {
    return fmt::format("{} entries of {} bytes, expected at least one and at most {} MiB",
                       header.entryCount.value(), size, kMostEntryBytes / MiB);
  }
  if (header.entriesLba <= kHeaderLba ||
      !extentFits(header.entriesLba, sectorsFor(bytes, medium.sectorSize), medium.sectorCount)) {
    return fmt::format("at sector {}, {} bytes, outside of the disk's {} sectors",
                       header.entriesLba.value(), bytes, medium.sectorCount);
  }
  return {};
}

void judgeEntries(const Medium& medium, Copy& copy) {
  std::string damage = entriesDamage(medium, copy.header);
  if (damage.empty()) {
    auto entries = readEntriesUnchecked(medium, copy.header, copy.header.entriesLba);
    const std::uint32_t crc = entries ? crc32(*entries) : 0;
    if (!entries) {
      damage = fmt::format("cannot be read from sector {}", copy.header.entriesLba.value());
    } else if (!checksumAgrees(copy.header.entriesCrc, crc)) {
      damage = fmt::format("CRC {:#010x}, expected {:#010x}", crc, copy.header.entriesCrc.value());
    } else {
      copy.entries = std::move(*entries);
    }
  }
  copy.intact = damage.empty();
  if (!copy.intact) copy.damage = "entries: " + damage;
}

}  // namespace

std::optional<std::vector<std::byte>> readEntriesUnchecked(const Medium& medium,
                                                           const RawHeader& header,
                                                           std::uint64_t lba) {
  RawHeader there = header;
  there.entriesLba = lba;
  if (!entriesDamage(medium, there).empty()) return std::nullopt;
  return tryRead(medium, lba, entryBytes(header.entryCount, header.entrySize));
}

std::optional<std::vector<std::byte>> readEntries(const Medium& medium, const RawHeader& header,
                                                  std::uint64_t lba) {
  auto entries = readEntriesUnchecked(medium, header, lba);
  if (entries && !checksumAgrees(header.entriesCrc, crc32(*entries))) entries.reset();
  return entries;
}

Copy readCopy(const Medium& medium, std::uint64_t lba) {
  Copy copy;
  copy.lba = lba;
  if (lba >= medium.sectorCount) {
    copy.damage = fmt::format("header: would lie at sector {}, but the disk ends at {}", lba,
                              medium.lastLba());
    return copy;
  }
  const auto sector = tryRead(medium, lba, medium.sectorSize);
  if (!sector) {
    copy.damage = fmt::format("header: cannot be read from sector {}", lba);
    return copy;
  }
  copy.header = structAt<RawHeader>(*sector, 0);
  copy.bearsSignature = copy.header.signature == kSignature;
  const std::string damage = headerDamage(medium, *sector, copy);
  copy.headerIntact = damage.empty();
  if (!copy.headerIntact) {
    copy.damage = "header: " + damage;
    return copy;
  }
  copy.extra.assign(sector->begin() + sizeof(RawHeader), sector->begin() + copy.header.headerSize);
  copy.cutShort = copy.header.lastUsableLba > medium.lastLba();
  judgeEntries(medium, copy);
  return copy;
}

}  // namespace disktwin::table::gpt
