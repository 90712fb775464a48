// A partition table as a plain value: what parse() finds on a disk and encode() puts onto one.
//
// Units are logical sectors of Layout::sectorSize bytes (LBA) unless a name says bytes.
// Specifications: UEFI 2.10, chapter 5 (GPT, protective MBR); for MBR and extended partitions the
// conventions that Linux (block/partitions/msdos.c) and libfdisk follow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clone/io/block_reader.h"
#include "clone/io/extent_set.h"

namespace disktwin::table {

// In the byte order of the disk: the first three fields little-endian, as UEFI has it.
struct Guid {
  std::array<std::uint8_t, 16> bytes{};

  bool isZero() const { return *this == Guid{}; }
  // "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", upper case.
  std::string toString() const;
  // The reverse, either case; nullopt when `text` is not a GUID.
  static std::optional<Guid> parse(std::string_view text);
  friend auto operator<=>(const Guid&, const Guid&) = default;
};

enum class TableKind { None, Mbr, Gpt };
const char* kindName(TableKind kind);  // "none", "mbr", "gpt"

// One 16-byte entry of a master or extended boot record, kept as it was found. CHS values are
// advisory but kept.
struct MbrEntry {
  std::uint8_t status = 0;  // 0x80: active
  std::array<std::uint8_t, 3> firstChs{};
  std::uint8_t type = 0;
  std::array<std::uint8_t, 3> lastChs{};
  std::uint32_t firstLba = 0;  // as on disk: in an EBR relative to that EBR or to the extended one
  std::uint32_t lbaCount = 0;

  bool isEmpty() const { return lbaCount == 0; }
  bool isExtended() const { return type == 0x05 || type == 0x0F || type == 0x85; }
  friend bool operator==(const MbrEntry&, const MbrEntry&) = default;
};

// What is particular to a logical partition: the extended boot record that announces it.
struct LogicalLink {
  std::uint64_t ebrLba = 0;               // where its EBR lies
  std::array<std::byte, 446> bootCode{};  // of that EBR: normally zeroes, some boot managers use it
  MbrEntry link{};  // to the next EBR, as found; empty at the end of the chain
  // Which of the record's four entries are the partition's and the link's. DR-DOS and OS/2 have put
  // them elsewhere; the two that are left over are ignored by everybody, but kept.
  std::uint8_t slot = 0;
  std::uint8_t linkSlot = 1;
  std::array<MbrEntry, 2> others{};
  friend bool operator==(const LogicalLink&, const LogicalLink&) = default;
};

// An extended boot record that announces no partition: the first of an empty extended partition, or
// one whose partition was deleted and that only links to the next. It takes up no number.
struct EmptyEbr {
  std::uint64_t lba = 0;
  std::array<std::byte, 446> bootCode{};
  std::array<MbrEntry, 4> entries{};  // as found; the first extended one is the link
  friend bool operator==(const EmptyEbr&, const EmptyEbr&) = default;
};

// firstLba and lbaCount are what counts: encode() derives the numbers in `mbr` from them.
struct Partition {
  std::uint32_t number = 0;  // as Linux numbers it, from 1; logical ones from 5
  std::uint64_t firstLba = 0;
  std::uint64_t lbaCount = 0;

  // GPT
  Guid type;
  Guid id;
  std::uint64_t attributes = 0;
  std::array<char16_t, 36> nameUnits{};  // raw UTF-16, all 36 units
  std::vector<std::byte> extra;          // what lies behind the first 128 bytes of a larger entry

  // MBR
  MbrEntry mbr{};
  std::optional<LogicalLink> logical;  // set for numbers from 5

  // The container of the logical partitions: it has a number, but no content of its own.
  bool isContainer() const { return mbr.isExtended(); }
  bool isActive() const { return (mbr.status & 0x80) != 0; }
  std::uint64_t endLba() const { return firstLba + lbaCount; }
  std::string name() const;  // GPT name as UTF-8, up to the first zero unit
  friend bool operator==(const Partition&, const Partition&) = default;
};

struct GptHeader {
  std::uint32_t revision = 0x00010000;
  std::uint32_t headerSize = 92;  // bytes
  Guid diskId;
  std::uint64_t firstUsableLba = 0;
  std::uint64_t lastUsableLba = 0;  // inclusive
  std::uint64_t entriesLba = 2;     // of the primary array
  std::uint64_t backupLba = 0;      // of the backup header: the disk's last LBA when healthy
  std::uint64_t backupEntriesLba = 0;
  std::uint32_t entryCount = 128;
  std::uint32_t entrySize = 128;  // bytes
  std::vector<std::byte> extra;   // what lies behind the first 92 bytes of a larger header
  friend bool operator==(const GptHeader&, const GptHeader&) = default;
};

struct MasterBootRecord {
  std::array<std::byte, 440> bootCode{};
  std::uint32_t diskSignature = 0;    // offset 0x1B8
  std::uint16_t copyProtect = 0;      // offset 0x1BC
  std::array<MbrEntry, 4> entries{};  // on a GPT disk: the protective or hybrid entries
  // Sector 0 behind its first 512 bytes; empty when that is all zeroes.
  std::vector<std::byte> tail;
  friend bool operator==(const MasterBootRecord&, const MasterBootRecord&) = default;
};

enum class Severity {
  Note,      // worth saying
  Repaired,  // damaged on the disk, made good in the Layout (a copy gets the repaired table)
  Fatal,     // the table contradicts itself: nothing may be cloned by it
};

struct Finding {
  Severity severity;
  std::string text;  // "primary GPT header: CRC 0x1234, expected 0x5678; taken from the backup"
};

struct Layout {
  TableKind kind = TableKind::None;
  std::uint32_t sectorSize = 512;     // the unit in which the table counts, bytes
  std::uint64_t sectorCount = 0;      // of the disk, in that unit
  MasterBootRecord mbr;               // meaningful for Mbr and Gpt
  GptHeader gpt;                      // meaningful for Gpt
  std::vector<Partition> partitions;  // ascending by number, containers included
  std::vector<EmptyEbr> emptyEbrs;    // in the order of the chain; meaningful for Mbr

  // Not part of the value: two layouts are equal whatever was found on the way.
  std::vector<Finding> findings;

  bool isFatal() const;
  bool isHybrid() const;  // a GPT whose MBR holds more than the protective entry
  const Partition* find(std::uint32_t number) const;
  // Cut where it would pass 2^64, which only a fatal layout does.
  Extent bytesOf(const Partition& partition) const;
  friend bool operator==(const Layout& a, const Layout& b);
};

// What one write of a table consists of.
struct TableBlock {
  std::uint64_t offset;  // bytes from the start of the disk
  std::vector<std::byte> bytes;
};

// Reads the table of a disk. First at the reader's own sector size, then at the other usual one
// (512, 4096): bridges translate, and the table's own unit is the one that counts. No content makes
// it throw: contradictions (overlaps, entries beyond the end, a chain of EBRs that loops) are Fatal
// findings, and the partitions that could be understood are listed all the same. A sector 0 that is
// a filesystem's boot sector rather than an MBR (entries that make no sense) gives kind None. An
// MBR without any partition may still be the boot code of a filesystem that fills the whole disk.
// Time and memory are bounded whatever the numbers in the table. Throws only Error(Read), for
// sector 0 and extended boot records; a copy of a GPT that cannot be read counts as damaged.
Layout parse(const BlockReader& disk);

// The bytes of the table, in the order in which they must be written: what makes the disk
// recognisable comes last (GPT: backup entries, backup header, primary entries, primary header,
// sector 0; MBR: EBRs, sector 0). Pure. Whole sectors, no two blocks overlap. Throws Error(Invalid)
// when isFatal(). For a healthy table that was parsed from a disk these are the very bytes that lie
// there, except for what the formats call reserved or unused (deleted GPT entries, the rest of a
// sector behind a GPT header), which becomes zeroes.
std::vector<TableBlock> encode(const Layout& layout);

// The same table for a disk of `sectorCount` sectors: the backup GPT moves to the new end, the
// protective entry follows, a hybrid MBR stays as it is. Throws Error(Refused) naming the partition
// that does not fit and the bytes that are missing, and Error(Invalid) when isFatal(). Findings are
// dropped.
Layout relocated(const Layout& layout, std::uint64_t sectorCount);

// The smallest number of sectors that relocated() accepts.
std::uint64_t sectorsNeeded(const Layout& layout);

// Where the last partition may end on a disk of `sectorCount` sectors with such a table; exclusive.
std::uint64_t usableEnd(const Layout& layout, std::uint64_t sectorCount);

// The table with those partitions alone, numbers kept (an extended container stays as long as a
// logical one in it does; hybrid MBR entries of dropped partitions are dropped). Throws
// Error(Usage) for a number that does not exist or is a container, and Error(Refused) when a
// logical partition would have to change its number because an earlier one is left out.
Layout withOnly(const Layout& layout, const std::set<std::uint32_t>& numbers);

// The table as it has to be on a disk with sectors of another size, with every partition at the
// same bytes; to be given to relocated() or placed(). Throws Error(Refused) where a place is no
// multiple of the new size, and for hybrid tables and logical partitions.
Layout withSectorSize(const Layout& layout, std::uint32_t size);

// Where a partition lies, in sectors of the table.
struct Place {
  std::uint64_t firstLba = 0;
  std::uint64_t lbaCount = 0;
};

// The table for a disk of `sectorCount` sectors with its partitions in other places; those that are
// not named stay where they are. Containers are made to fit what they contain, boot records of
// logical partitions keep their distance to them. Throws as relocated(), and Error(Refused) where
// the table says something about places that cannot follow (a hybrid MBR, boot records without a
// partition).
Layout placed(const Layout& layout, const std::map<std::uint32_t, Place>& places,
              std::uint64_t sectorCount);

// The bytes of the disk that the table itself occupies (all that encode() writes). Works for a
// fatal layout too, as far as that names places on the disk.
ExtentSet tableExtents(const Layout& layout);

}  // namespace disktwin::table
