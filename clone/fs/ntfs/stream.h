// The content of an attribute, wherever it lies.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "clone/fs/ntfs/boot_sector.h"
#include "clone/fs/ntfs/record.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::ntfs {

// Put together from the attribute's extents in ascending order; then immutable. The volume must
// outlive it.
class Stream {
 public:
  Stream(const BlockReader& volume, const Geometry& geometry)
      : volume_(&volume), geometry_(geometry) {}

  // Takes the next extent (or the one resident value). Throws Damage unless it begins where the one
  // before ended: extents so can neither repeat nor overlap nor go in circles.
  void add(const Attribute& extent);
  // To be called after the last extent: throws Damage when they map less than the size.
  void finish() const;

  std::uint64_t size() const { return size_; }
  // What the header says of a non-resident one; mappedSize() is what the runs say.
  std::uint64_t allocatedSize() const { return allocated_; }
  // From here on it reads as zeroes whatever the clusters hold.
  std::uint64_t initializedSize() const { return initialized_; }
  const std::vector<Run>& runs() const { return runs_; }
  // Bytes that the extents added so far map.
  std::uint64_t mappedSize() const;
  bool isResident() const { return resident_; }
  // True when reading it needs no key and no decompression.
  bool isPlain() const { return (flags_ & (kAttributeCompressed | kAttributeEncrypted)) == 0; }
  // True when a hole lies below `end`.
  bool hasHoleBelow(std::uint64_t end) const;
  // The bytes of the volume that hold it; holes are left out.
  std::vector<Extent> extents() const;

  // Throws Damage when the range passes the mapped size.
  void read(std::uint64_t offset, std::span<std::byte> out) const;
  // As BlockReader::nextData(), with offsets in the stream: length 0 when only zeroes follow.
  Extent nextData(std::uint64_t from) const;

 private:
  std::size_t runOf(std::uint64_t vcn) const;
  Extent nextDataOfRun(const Run& run, std::uint64_t from) const;

  const BlockReader* volume_;
  Geometry geometry_;
  bool begun_ = false;
  std::uint16_t flags_ = 0;
  std::uint64_t allocated_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t initialized_ = 0;
  bool resident_ = false;
  std::vector<std::byte> value_;
  std::vector<Run> runs_;
};

}  // namespace disktwin::fs::ntfs
