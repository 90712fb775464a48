// Sets of bytes as sorted, disjoint, coalesced extents, and a builder that keeps them small.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "platform/extent.h"

namespace disktwin {

// Invariant: extents are non-empty, ascending, and no two of them touch. A plain value; concurrent
// reads are fine. Operations are total: nothing overflows, whatever the input.
class ExtentSet {
 public:
  ExtentSet() = default;
  ExtentSet(std::initializer_list<Extent> extents);
  // Any order, overlaps allowed.
  static ExtentSet from(std::vector<Extent> extents);

  // Amortised O(1) when added in ascending order, otherwise O(n). An extent that would pass 2^64 is
  // cut there.
  void add(Extent extent);

  const std::vector<Extent>& extents() const { return extents_; }
  auto begin() const { return extents_.begin(); }
  auto end() const { return extents_.end(); }
  bool empty() const { return extents_.empty(); }
  std::size_t size() const { return extents_.size(); }
  std::uint64_t bytes() const;
  // True when every byte of `extent` is in the set; an empty extent always is.
  bool contains(Extent extent) const;
  bool intersects(Extent extent) const;

  // What lies inside `within`, at the same offsets.
  ExtentSet clipped(Extent within) const;
  // Moved up by `distance` bytes; what would pass 2^64 is cut.
  ExtentSet shiftedUp(std::uint64_t distance) const;
  // Moved down by `distance` bytes; what would pass 0 is cut.
  ExtentSet shiftedDown(std::uint64_t distance) const;
  // Every extent widened to multiples of `unit`, cut at `limit`.
  ExtentSet aligned(std::uint64_t unit, std::uint64_t limit) const;
  // Gaps shorter than `gap` bytes are filled in.
  ExtentSet withGapsFilled(std::uint64_t gap) const;

  friend ExtentSet unite(const ExtentSet& a, const ExtentSet& b);
  friend ExtentSet subtract(const ExtentSet& a, const ExtentSet& b);
  friend bool operator==(const ExtentSet&, const ExtentSet&) = default;

 private:
  std::vector<Extent> extents_;
};

ExtentSet unite(const ExtentSet& a, const ExtentSet& b);
ExtentSet subtract(const ExtentSet& a, const ExtentSet& b);

// Collects extents in any order with bounded memory: gaps shorter than `gap` are filled in, and when
// there are still more than `most` extents, `gap` is doubled until there are not. The result may so
// hold more than was added, never less.
class ExtentBuilder {
 public:
  explicit ExtentBuilder(std::uint64_t gap = 64 * KiB, std::size_t most = 1U << 19);

  void add(Extent extent);
  // Leaves the builder empty.
  ExtentSet finish();

 private:
  void compact();

  std::uint64_t gap_;
  std::size_t most_;
  std::vector<Extent> pending_;
};

}  // namespace disktwin
