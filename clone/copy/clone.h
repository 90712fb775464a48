// Runs a plan onto a target, and compares what stands there with its source.
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
// last), flush. With `verify` the target is then read back from the medium and its hashes compared
// with those of what was read from the source: Error(Mismatch) names the first place that differs.
void runClone(const plan::Plan& plan, const BlockReader& source, BlockTarget& target,
              const CloneOptions& options, Progress& progress);

// A place where two disks differ.
struct Difference {
  std::size_t region = 0;  // index into Plan::regions
  Extent source;           // bytes on the source
};

struct Comparison {
  std::vector<std::string> table;       // how the tables differ, a sentence each
  std::vector<Difference> differences;  // ascending, neighbours joined; the first kMostDifferences
  std::uint64_t bytesCompared = 0;
  std::uint64_t blocksDiffering = 0;
  bool same() const { return table.empty() && blocksDiffering == 0; }
};
inline constexpr std::size_t kMostDifferences = 1000;

// Whether everything that the plan would copy stands on `other` where the plan would put it. Tables
// are compared by what they say; where a GPT keeps its backup does not count.
Comparison compare(const plan::Plan& plan, const BlockReader& source, const BlockReader& other,
                   const PipelineOptions& options, Progress& progress,
                   std::uint64_t grid = kBlockSize);

}  // namespace disktwin::copy
