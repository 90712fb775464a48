// The blocks of a plan, one after another, without ever holding them all.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "clone/plan/plan.h"

namespace disktwin::copy {

// The grid on which source disks are cut into blocks unless a job wants another, in bytes.
inline constexpr std::uint64_t kBlockSize = MiB;

struct Block {
  std::uint64_t sequence = 0;  // from 0, without gaps
  std::size_t region = 0;      // index into Plan::regions
  Extent source;               // bytes on the source; never crosses a line of the grid
  std::uint64_t target = 0;    // bytes on the target
};

// Walks a plan's regions in the order in which they are to be copied: what the plan holds back
// comes last, from the highest offset down, so that the mark by which a volume is recognised is the
// very last. The same plan always gives the same sequence. Keeps a reference to the plan. Not
// thread-safe.
class BlockList {
 public:
  // `grid`: bytes, a power of two.
  explicit BlockList(const plan::Plan& plan, std::uint64_t grid = kBlockSize);

  // nullopt at the end of what is not held back, and from then on until startHeldBack() is called;
  // then again at the very end. In between whoever writes has to flush.
  std::optional<Block> next();
  // How many have been given out so far.
  std::uint64_t taken() const { return sequence_; }
  // No block is longer.
  std::uint64_t grid() const { return grid_; }
  // Goes on with what the plan holds back.
  void startHeldBack() { heldBackStarted_ = true; }

 private:
  bool nextExtent();

  const plan::Plan& plan_;
  const std::uint64_t grid_;
  std::size_t region_ = 0;   // of the first pass
  std::size_t extent_ = 0;   // index into now_
  std::vector<Extent> now_;  // extents of the region being walked, without those held back
  bool loaded_ = false;
  struct HeldBack {
    std::size_t region;
    Extent extent;
  };
  std::vector<HeldBack> held_;  // last to be copied first
  bool heldBackStarted_ = false;
  std::size_t current_ = 0;  // region of rest_
  Extent rest_;
  std::uint64_t sequence_ = 0;
};

}  // namespace disktwin::copy
