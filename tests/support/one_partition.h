// A GPT with one Linux partition, for tests.
#pragma once

#include "clone/table/layout.h"
#include "platform/extent.h"

namespace disktwin::test {

// `disk`: the size of the disk in bytes; `volume`: the partition's place on it, in bytes.
inline table::Layout onePartition(std::uint64_t disk, Extent volume) {
  table::Layout out;
  out.kind = table::TableKind::Gpt;
  out.sectorCount = disk / 512;
  out.gpt.diskId.bytes[0] = 1;
  out.gpt.firstUsableLba = 34;
  out.mbr.entries[0].type = 0xEE;
  out.mbr.entries[0].firstLba = 1;
  out.mbr.entries[0].lbaCount = static_cast<std::uint32_t>(disk / 512 - 1);
  table::Partition partition;
  partition.number = 1;
  partition.firstLba = volume.offset / 512;
  partition.lbaCount = volume.length / 512;
  partition.type = *table::Guid::parse("0FC63DAF-8483-4772-8E79-3D69D8477DE4");
  partition.id.bytes[5] = 7;
  out.partitions.push_back(partition);
  return table::relocated(out, out.sectorCount);
}

}  // namespace disktwin::test
