// The two tables of an F2FS volume: segments (SIT) and nodes (NAT). Of each block of them there are
// two copies, of which a bit in the checkpoint says which one counts; and the youngest entries are
// in journals beside the checkpoint and override those of the tables.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include "clone/fs/f2fs/checkpoint.h"
#include "clone/fs/f2fs/ondisk.h"
#include "clone/fs/f2fs/super.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::f2fs {

struct Journals {
  std::map<std::uint32_t, SitEntry> segments;
  std::map<std::uint32_t, NatEntry> nodes;
};

// Throws Unproven when they contradict the checkpoint.
Journals journalsOf(const BlockReader& volume, const Geometry& geometry, const Pack& pack);

// Calls with each block of a table that counts, in order: its index and its bytes. The table has
// been checked to lie inside the volume. Reads in pieces of at most 1 MiB. Ends early when the call
// returns false.
using TableBlock = std::function<bool(std::uint32_t index, std::span<const std::byte> block)>;
void forEachSitBlock(const BlockReader& volume, const Geometry& geometry, const Pack& pack,
                     std::uint32_t count, const TableBlock& call);
void forEachNatBlock(const BlockReader& volume, const Geometry& geometry, const Pack& pack,
                     const TableBlock& call);

}  // namespace disktwin::fs::f2fs
