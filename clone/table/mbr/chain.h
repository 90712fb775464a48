// The chain of extended boot records that announces the logical partitions.
#pragma once

#include <cstdint>

#include "clone/table/layout.h"

namespace disktwin::table::mbr {

// Where the chain goes on after a record with these entries; 0: it ends. Of several links the first
// one counts, as for Linux and libfdisk.
std::uint64_t nextEbr(const Partition& container, const std::array<MbrEntry, 4>& entries);
std::uint64_t nextEbr(const Partition& container, const LogicalLink& link);

// Appends the logical partitions of `container` to the layout, numbered from 5 on in the order of
// the chain, and the empty records. Every contradiction is a Fatal finding and ends the walk. False
// when no record was found at the place where one must be. Throws Error(Read).
bool readChain(const BlockReader& disk, const Partition& container, Layout& layout);

// True when the first sector of `container` is a record that announces or links anything.
bool holdsChain(const BlockReader& disk, const Partition& container, const Layout& layout);

}  // namespace disktwin::table::mbr
