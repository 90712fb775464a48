// Which identifiers a copy gets that is to stand beside its original.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clone/plan/survey.h"
#include "clone/table/layout.h"

namespace disktwin::plan {

struct Endpoint;

// One identifier, before and after.
struct NewId {
  enum class Kind { Disk, Partition, FileSystem };
  Kind kind = Kind::Disk;
  std::uint32_t partition = 0;  // 0: the disk
  std::string before;           // as below /dev/disk/by-uuid and by-partuuid
  std::string after;            // of the same length
};
// "disk", "partition", "filesystem": part of the JSON protocol.
const char* kindName(NewId::Kind kind);

struct NewIds {
  // Gives a table those of disk and partitions.
  std::function<table::Layout(const table::Layout&)> inTable;
  std::vector<NewId> changes;     // the disk's, then in the order of the partitions
  std::vector<std::string> kept;  // what keeps its own, and why, a sentence each

  // What a filesystem of that partition is to have; empty when it keeps its own.
  std::string uuidFor(std::uint32_t partition) const;
};

// Everything follows from a seed, and the seed from source and target: whoever makes the same plan
// again (to see it, to confirm it, to run it with --expect) gets the same identifiers, without
// their being kept anywhere. The price: a second copy of the same source onto the same target has
// those of the first, which it replaces. Another target, or a source with other identifiers, gives
// others.
//
// For a copy of those partitions (none: all). Tries on views of the volumes whether their tools can
// do it; reads allocation maps. Throws Error(Read) and Error(Cancelled).
NewIds newIdsFor(const Survey& survey, const Endpoint& from, const Endpoint& to,
                 const std::set<std::uint32_t>& partitions);

// Those that a finished copy has; `kept` are the ones that both disks have. Pure.
NewIds idsOfCopy(const Survey& survey, const Survey& copy,
                 const std::set<std::uint32_t>& partitions);

// A text of the same form (a UUID, "ABCD-1234", 16 digits of NTFS; the same case) whose digits come
// from `bytes`. A UUID becomes one of version 4. Pure.
std::string idLike(std::string_view before, const std::array<std::uint8_t, 16>& bytes);

}  // namespace disktwin::plan
