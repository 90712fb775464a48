// Which bytes of the disk an image holds. docs/image-format.md, "UMAP" and "TABL".
#pragma once

#include <vector>

#include "clone/io/extent_set.h"
#include "clone/table/layout.h"
#include "image/format/own_frame.h"

namespace disktwin::image {

inline constexpr std::uint32_t kOutside = 0xFFFFFFFF;  // in no volume

enum class MapKind : std::uint32_t { Captured = 0, Zeroed = 1, Signatures = 2, LeftOut = 3 };

// What is known of one volume (or of what lies outside of all), in bytes of the disk.
struct VolumeMap {
  ExtentSet captured;
  ExtentSet zeroed;
  ExtentSet signatures;
  ExtentSet leftOut;

  ExtentSet& of(MapKind kind);
  friend bool operator==(const VolumeMap&, const VolumeMap&) = default;
};

inline constexpr std::size_t kExtentsInMap = 65536;

// The bodies of the frames that one set takes; none for an empty set.
std::vector<Bytes> encodeMap(std::uint32_t volume, MapKind kind, const ExtentSet& set);
// Adds what a body says to `volumes` or, for kOutside, to `outside`. `budget` counts down the
// extents that are still accepted. Throws Error(Invalid) with `subject`.
void decodeMap(ByteView body, std::uint64_t diskSize, std::vector<VolumeMap>& volumes,
               VolumeMap& outside, std::uint64_t& budget, const std::string& subject);

Bytes encodeTable(const std::vector<table::TableBlock>& blocks);
std::vector<table::TableBlock> decodeTable(ByteView body, std::uint64_t diskSize,
                                           const std::string& subject);

}  // namespace disktwin::image
