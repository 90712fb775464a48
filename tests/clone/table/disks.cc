#include "tests/clone/table/disks.h"

#include <algorithm>
#include <cstring>

#include "clone/table/gpt/crc32.h"
#include "clone/table/gpt/format.h"
#include "clone/table/gpt/gpt.h"

namespace disktwin::table::test {
namespace {

Guid someGuid(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Guid guid;
  for (auto& byte : guid.bytes) byte = static_cast<std::uint8_t>(random() | 1);
  return guid;
}

void setName(Partition& partition, std::string_view name) {
  std::copy(name.begin(), name.end(), partition.nameUnits.begin());
}

std::uint64_t below(std::mt19937_64& random, std::uint64_t limit) {
  return random() % limit;
}

template <typename Array>
void scramble(std::mt19937_64& random, Array& bytes) {
  for (auto& byte : bytes) byte = static_cast<typename Array::value_type>(random() & 0xFF);
}

MbrEntry entryFor(std::uint8_t type, std::uint64_t first, std::uint64_t count) {
  MbrEntry entry;
  entry.type = type;
  entry.firstChs = {1, 2, 3};
  entry.lastChs = {0xFE, 0xFF, 0xFF};
  entry.firstLba = static_cast<std::uint32_t>(first);
  entry.lbaCount = static_cast<std::uint32_t>(count);
  return entry;
}

Partition primary(std::uint32_t number, std::uint8_t type, std::uint64_t first,
                  std::uint64_t count) {
  Partition partition;
  partition.number = number;
  partition.firstLba = first;
  partition.lbaCount = count;
  partition.mbr = entryFor(type, first, count);
  return partition;
}

Partition logical(std::uint32_t number, std::uint64_t ebr, std::uint64_t first,
                  std::uint64_t count) {
  Partition partition = primary(number, 0x83, first, count);
  partition.mbr.firstLba = static_cast<std::uint32_t>(first - ebr);
  partition.logical = LogicalLink{};
  partition.logical->ebrLba = ebr;
  return partition;
}

void putGptPlaces(Layout& layout) {
  const std::uint64_t array = gpt::arraySectors(layout);
  layout.gpt.backupLba = layout.sectorCount - 1;
  layout.gpt.backupEntriesLba = layout.gpt.backupLba - array;
  layout.gpt.firstUsableLba = layout.gpt.entriesLba + array;
  layout.gpt.lastUsableLba = layout.gpt.backupEntriesLba - 1;
}

}  // namespace

void SparseDisk::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (!extentFits(offset, out.size(), size_)) {
    throw Error(ErrorKind::Invalid, name(), "read beyond the end");
  }
  for (const std::uint64_t bad : broken_) {
    if (bad >= offset && bad - offset < out.size()) {
      throw Error(ErrorKind::Read, name(), "bad sector");
    }
  }
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t at = offset + done;
    const std::size_t within = at % kPage;
    const std::size_t length = std::min<std::size_t>(kPage - within, out.size() - done);
    const auto page = pages_.find(at / kPage);
    if (page == pages_.end()) {
      std::fill_n(out.data() + done, length, std::byte{0});
    } else {
      std::copy_n(page->second.data() + within, length, out.data() + done);
    }
    done += length;
  }
}

void SparseDisk::put(std::uint64_t offset, std::span<const std::byte> data) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    auto& page = pages_[(offset + i) / kPage];
    page.resize(kPage);
    page[(offset + i) % kPage] = data[i];
  }
}

Layout sampleGpt(std::uint64_t sectorCount, std::uint32_t sectorSize, std::uint32_t partitions) {
  Layout layout;
  layout.kind = TableKind::Gpt;
  layout.sectorSize = sectorSize;
  layout.sectorCount = sectorCount;
  layout.mbr.entries[0] = gpt::protectiveEntry(sectorCount);
  layout.gpt.diskId = someGuid(1);
  putGptPlaces(layout);
  const std::uint64_t mib = MiB / sectorSize;
  for (std::uint32_t i = 0; i < partitions; ++i) {
    Partition partition;
    partition.number = i + 1;
    partition.firstLba = mib * (i + 1);
    partition.lbaCount = mib;
    partition.type = someGuid(2);
    partition.id = someGuid(100 + i);
    setName(partition, "part" + std::to_string(i + 1));
    layout.partitions.push_back(partition);
  }
  return layout;
}

Layout sampleMbr(std::uint64_t sectorCount, std::uint32_t sectorSize, std::uint32_t logicals) {
  Layout layout;
  layout.kind = TableKind::Mbr;
  layout.sectorSize = sectorSize;
  layout.sectorCount = sectorCount;
  layout.mbr.diskSignature = 0x12345678;
  const std::uint64_t mib = MiB / sectorSize;
  layout.partitions.push_back(primary(1, 0x07, mib, mib));
  layout.partitions.push_back(primary(2, 0x0F, 4 * mib, 11 * mib));
  for (std::uint32_t i = 0; i < 2; ++i) layout.mbr.entries[i] = layout.partitions[i].mbr;
  for (std::uint32_t i = 0; i < logicals; ++i) {
    const std::uint64_t ebr = (4 + 2 * std::uint64_t{i}) * mib;
    layout.partitions.push_back(logical(5 + i, ebr, ebr + mib, mib));
    if (i + 1 < logicals) {
      layout.partitions.back().logical->link = entryFor(0x05, (2 * i + 2) * mib, 2 * mib);
    }
  }
  return layout;
}

Layout randomGpt(std::mt19937_64& random) {
  Layout layout = sampleGpt(20000 + below(random, 20000), below(random, 2) ? 512 : 4096, 0);
  GptHeader& header = layout.gpt;
  header.entrySize = 128U << below(random, 4);
  header.entryCount = 1 + static_cast<std::uint32_t>(below(random, 200));
  header.headerSize = 92 + static_cast<std::uint32_t>(below(random, 3)) * 100;
  header.extra.resize(header.headerSize - 92);
  scramble(random, header.extra);
  header.entriesLba = 2 + (below(random, 3) ? 0 : below(random, 50));
  scramble(random, layout.mbr.bootCode);
  putGptPlaces(layout);
  std::uint64_t next = header.firstUsableLba;
  for (std::uint32_t number = 1; number <= header.entryCount; ++number) {
    if (below(random, 4) == 0) continue;
    Partition partition;
    partition.number = number;
    partition.firstLba = next + below(random, 50);
    partition.lbaCount = 1 + below(random, 200);
    next = partition.endLba();
    if (next > header.lastUsableLba) break;
    partition.type = someGuid(random());
    partition.id = someGuid(random());
    partition.attributes = random();
    for (auto& unit : partition.nameUnits) unit = static_cast<char16_t>(random() & 0xFFFF);
    partition.extra.resize(header.entrySize - 128);
    scramble(random, partition.extra);
    layout.partitions.push_back(partition);
  }
  if (below(random, 4) == 0 && !layout.partitions.empty()) {
    const Partition& shown = layout.partitions.front();
    layout.mbr.entries[1] = entryFor(0x0C, shown.firstLba, shown.lbaCount);
  }
  return layout;
}

Layout randomMbr(std::mt19937_64& random) {
  Layout layout;
  layout.kind = TableKind::Mbr;
  layout.sectorSize = below(random, 2) ? 512 : 4096;
  layout.sectorCount = 40000;
  layout.mbr.diskSignature = static_cast<std::uint32_t>(random());
  layout.mbr.copyProtect = static_cast<std::uint16_t>(random());
  scramble(random, layout.mbr.bootCode);
  const auto extended = static_cast<std::uint32_t>(1 + below(random, 4));
  std::uint64_t next = 1;
  for (std::uint32_t number = 1; number <= 4; ++number) {
    if (number != extended && below(random, 3) == 0) continue;
    const std::uint64_t length = number == extended ? 10000 : 1 + below(random, 5000);
    next += below(random, 1000);
    const auto type = static_cast<std::uint8_t>(number == extended ? 0x05 : 0x83);
    layout.partitions.push_back(primary(number, type, next, length));
    if (below(random, 3) == 0) layout.partitions.back().mbr.status = 0x80;
    layout.mbr.entries[number - 1] = layout.partitions.back().mbr;
    next += length;
  }
  const Partition container = *layout.find(extended);
  // Where the next record lies, and who links to it.
  std::uint64_t ebr = container.firstLba;
  std::vector<std::pair<std::uint64_t, bool>> records;  // place, empty
  while (ebr + 400 < container.endLba() && records.size() < 30) {
    records.emplace_back(ebr, below(random, 4) == 0);
    ebr += 200 + below(random, 400);
  }
  // Any order but for the first, as after partitions were deleted and others added.
  std::shuffle(records.begin() + 1, records.end(), random);
  std::uint32_t number = 5;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto [place, empty] = records[i];
    MbrEntry link;
    if (i + 1 < records.size()) {
      link = entryFor(0x05, records[i + 1].first - container.firstLba, 200);
    }
    if (empty) {
      EmptyEbr record{place, {}, {}};
      scramble(random, record.bootCode);
      record.entries[below(random, 2)] = link;
      layout.emptyEbrs.push_back(record);
      continue;
    }
    layout.partitions.push_back(logical(number++, place, place + 1 + below(random, 63), 100));
    LogicalLink& own = *layout.partitions.back().logical;
    scramble(random, own.bootCode);
    own.link = link;
    if (!link.isEmpty() && below(random, 4) == 0) {
      own.slot = 1;
      own.linkSlot = 0;
    }
  }
  return layout;
}

void write(const Layout& layout, MemoryDisk& disk) {
  for (const TableBlock& block : encode(layout)) disk.put(block.offset, block.bytes);
}

void write(const Layout& layout, SparseDisk& disk) {
  for (const TableBlock& block : encode(layout)) disk.put(block.offset, block.bytes);
}

MemoryDisk diskOf(const Layout& layout) {
  MemoryDisk disk(layout.sectorCount * layout.sectorSize, layout.sectorSize);
  write(layout, disk);
  return disk;
}

Layout reread(const Layout& layout) {
  SparseDisk disk(layout.sectorCount * layout.sectorSize, layout.sectorSize);
  write(layout, disk);
  return parse(disk);
}

std::string told(const Layout& layout) {
  std::string out;
  for (const Finding& finding : layout.findings) {
    out += finding.severity == Severity::Note       ? "note: "
           : finding.severity == Severity::Repaired ? "repaired: "
                                                    : "fatal: ";
    out += finding.text + "\n";
  }
  return out;
}

std::size_t count(const Layout& layout, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(layout.findings.begin(), layout.findings.end(),
                    [severity](const Finding& f) { return f.severity == severity; }));
}

void resealHeader(MemoryDisk& disk, std::uint64_t lba, std::uint32_t sectorSize) {
  const std::size_t at = lba * sectorSize;
  auto header = structAt<gpt::RawHeader>(disk.bytes(), at);
  header.headerCrc = 0;
  disk.put(at, header);
  const std::size_t size = std::min<std::size_t>(header.headerSize, sectorSize);
  header.headerCrc = gpt::crc32(std::span(disk.bytes()).subspan(at, size));
  disk.put(at, header);
}

}  // namespace disktwin::table::test
