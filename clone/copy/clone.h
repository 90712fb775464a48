// Runs a plan onto a target.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "clone/copy/pipeline.h"
#include "clone/copy/progress.h"
#include "clone/io/block_target.h"
#include "clone/plan/plan.h"

namespace disktwin::copy {

struct CloneOptions {
  bool verify = false;
  PipelineOptions pipeline;
  // Blocks of this size suit the source, in bytes (a power of two).
  std::uint64_t grid = kBlockSize;
  // Called when everything has been copied but what makes the target recognisable; what it throws
  // ends the clone there. For sources that only know at their end whether they were whole.
  std::function<void()> beforeMarks{};
  // Called with each block that has been copied, in order. For sources that come from front to back
  // and keep what has not been copied yet.
  std::function<void(const Block&)> copied{};
};

// The order is what makes an interrupted target recognisable as such: wipe what could pass for a
// disk, flush, resize what gets another size, copy, flush, write the table (what makes it valid
// last), flush. A source that comes only once is resized where it was copied to, after the copying
// (and, with `verify`, after that was checked). With `verify` the target is then read back from the
// medium and its hashes compared with those of what was read from the source: Error(Mismatch) names
// the first place that differs.
void runClone(const plan::Plan& plan, const BlockReader& source, BlockTarget& target,
              const CloneOptions& options, Progress& progress);

}  // namespace disktwin::copy
