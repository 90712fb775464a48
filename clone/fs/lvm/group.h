// A volume group as its text describes it, before any of it is applied to a volume.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "clone/fs/lvm/config.h"

namespace disktwin::fs::lvm {

struct PhysicalVolume {
  std::string_view name;  // "pv0", by which segments refer to it
  std::string_view uuid;  // with dashes
  std::vector<std::string_view> status;
  std::vector<std::string_view> flags;
  std::uint64_t deviceSectors = 0;  // 0: the text does not say
  std::uint64_t startSector = 0;    // of the first extent
  std::uint64_t extents = 0;
};

// A place where a segment lies: on a physical volume, or on another logical one.
struct Area {
  std::string_view on;
  std::uint64_t extent = 0;
};

// A name of another logical volume that a segment mentions, and as what.
struct Reference {
  std::string_view as;  // "origin", "cow_store", "raids"...
  std::string_view name;
};

struct Segment {
  std::uint64_t start = 0;  // extents
  std::uint64_t count = 0;
  std::string_view type;
  std::uint64_t stripeSectors = 0;
  std::vector<Area> areas;           // of striped and mirrored ones
  std::uint64_t areaExtents = 0;     // how much of each area belongs to it
  std::vector<Reference> mentioned;  // every string in it that is not its type
};

struct LogicalVolume {
  std::string_view name;
  std::vector<std::string_view> status;
  std::vector<Segment> segments;  // they follow each other without a gap
  std::uint64_t extents() const {
    return segments.empty() ? 0 : segments.back().start + segments.back().count;
  }
};

// Its views lead into the Config that it was read from.
struct Group {
  std::string_view name;
  std::uint64_t sequence = 0;  // one more with every change
  std::uint64_t extentSectors = 0;
  std::vector<std::string_view> status;
  std::vector<PhysicalVolume> physical;
  std::vector<LogicalVolume> logical;
};

// Whether a list of flags holds that one.
inline bool has(const std::vector<std::string_view>& flags, std::string_view what) {
  return std::find(flags.begin(), flags.end(), what) != flags.end();
}

// Throws Unproven for a text that does not say all that is needed, or contradicts itself.
Group readGroup(const Config& text);

}  // namespace disktwin::fs::lvm
