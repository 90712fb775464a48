#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "clone/table/mbr/format.h"
#include "clone/table/mbr/mbr.h"
#include "platform/error.h"

namespace disktwin::table::mbr {
namespace {

template <typename T>
std::vector<std::byte> asSector(const T& raw, std::uint32_t sectorSize) {
  std::vector<std::byte> out(sectorSize);
  std::memcpy(out.data(), &raw, sizeof raw);
  return out;
}

MbrEntry entryOf(const Partition& partition, std::uint64_t relativeTo) {
  constexpr std::uint64_t kMost = 0xFFFFFFFF;
  if (partition.firstLba < relativeTo || partition.firstLba - relativeTo > kMost ||
      partition.lbaCount > kMost) {
    throw Error(ErrorKind::Invalid, fmt::format("partition {}", partition.number),
                fmt::format("starts at sector {} with {} sectors, more than an MBR can say",
                            partition.firstLba, partition.lbaCount),
                "use a GPT on a disk of this size");
  }
  MbrEntry entry = partition.mbr;
  entry.firstLba = static_cast<std::uint32_t>(partition.firstLba - relativeTo);
  entry.lbaCount = static_cast<std::uint32_t>(partition.lbaCount);
  return entry;
}

TableBlock logicalRecord(const Partition& partition, std::uint32_t sectorSize) {
  const LogicalLink& link = *partition.logical;
  std::array<MbrEntry, 4> entries;
  auto other = link.others.begin();
  for (std::uint8_t i = 0; i < 4; ++i) {
    if (i == link.slot) {
      entries[i] = entryOf(partition, link.ebrLba);
    } else if (i == link.linkSlot) {
      entries[i] = link.link;
    } else {
      entries[i] = *other++;
    }
  }
  RawEbr raw{link.bootCode, {}, kMagic};
  std::transform(entries.begin(), entries.end(), raw.entries.begin(), encodeEntry);
  return {link.ebrLba * sectorSize, asSector(raw, sectorSize)};
}

TableBlock emptyRecord(const EmptyEbr& empty, std::uint32_t sectorSize) {
  RawEbr raw{empty.bootCode, {}, kMagic};
  std::transform(empty.entries.begin(), empty.entries.end(), raw.entries.begin(), encodeEntry);
  return {empty.lba * sectorSize, asSector(raw, sectorSize)};
}

}  // namespace

std::vector<std::byte> encodeSectorZero(const MasterBootRecord& record, std::uint32_t sectorSize) {
  RawMbr raw{record.bootCode, record.diskSignature, record.copyProtect, {}, kMagic};
  std::transform(record.entries.begin(), record.entries.end(), raw.entries.begin(), encodeEntry);
  std::vector<std::byte> out = asSector(raw, sectorSize);
  const std::size_t room = std::min(record.tail.size(), out.size() - sizeof raw);
  std::copy_n(record.tail.begin(), room, out.begin() + sizeof raw);
  return out;
}

std::vector<TableBlock> encode(const Layout& layout) {
  std::vector<TableBlock> blocks;
  for (const EmptyEbr& empty : layout.emptyEbrs) {
    blocks.push_back(emptyRecord(empty, layout.sectorSize));
  }
  MasterBootRecord record = layout.mbr;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Partition* partition = layout.find(i + 1);
    if (partition != nullptr) {
      record.entries[i] = entryOf(*partition, 0);
    } else if (!record.entries[i].isEmpty()) {
      record.entries[i] = {};
    }
  }
  for (const Partition& partition : layout.partitions) {
    if (partition.logical) blocks.push_back(logicalRecord(partition, layout.sectorSize));
  }
  blocks.push_back({0, encodeSectorZero(record, layout.sectorSize)});
  return blocks;
}

std::vector<Extent> places(const Layout& layout) {
  std::vector<Extent> out{{0, 1}};
  for (const EmptyEbr& empty : layout.emptyEbrs) out.push_back({empty.lba, 1});
  for (const Partition& partition : layout.partitions) {
    if (partition.logical) out.push_back({partition.logical->ebrLba, 1});
  }
  return out;
}

}  // namespace disktwin::table::mbr
