// How partitions are laid out on a target of another size. Pure: numbers in, numbers out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace disktwin::plan {

// What the user wants of sizes.
struct FitRequest {
  enum class Mode {
    Auto,  // shrink when that is needed, grow when there is room
    Keep,  // no partition changes its size
  };
  Mode mode = Mode::Auto;
  // Sizes in bytes that were named, by partition number; nullopt: what is left. Partitions without
  // one keep theirs.
  std::map<std::uint32_t, std::optional<std::uint64_t>> sizes;
};

// A partition that is to be placed; everything in sectors.
struct FitItem {
  std::uint32_t number = 0;
  std::string name;  // for messages: "partition 2 (ext4 "root")"
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  // The least it can be made; `count` when it cannot be made smaller, and then why not.
  std::uint64_t minimum = 0;
  std::string whyRigid;
  bool grows = false;      // it gets of the room that is left
  bool canGrow = false;    // it can be made larger when that is asked for
  bool pinned = false;     // something knows its place by number: it may not move
  std::uint64_t lead = 0;  // needed in front of it: a logical partition's boot record
};

struct FitRoom {
  std::uint64_t first = 0;  // no partition begins before
  std::uint64_t end = 0;    // none ends behind; exclusive
  std::uint64_t align = 1;  // partitions that move or change their size begin and end at multiples
  std::uint32_t sectorSize = 512;
};

struct FitPlace {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  friend bool operator==(const FitPlace&, const FitPlace&) = default;
};

// The place of each item, in the order given, which is their order on the disk and is kept. Up to
// the first partition that is missing or changes its size all stay where they are; those behind it
// follow one another. `gapless`: the items are not all that there were, so nothing has to stay.
// When they have to shrink, each gives in proportion to what it can spare; room that is left is
// shared out in proportion to size. Throws Error(Refused) with what is needed and what there is,
// and Error(Usage) for sizes that make no sense.
std::vector<FitPlace> fit(const std::vector<FitItem>& items, const FitRoom& room,
                          const FitRequest& request, bool gapless);

}  // namespace disktwin::plan
