// Whether what a clone would make stands on another disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "clone/copy/pipeline.h"
#include "clone/copy/progress.h"
#include "clone/io/block_reader.h"
#include "clone/plan/plan.h"

namespace disktwin::compare {

struct BlockDifference {
  std::size_t region = 0;  // index into Plan::regions
  Extent source;           // bytes on the source
};

struct FileDifference {
  std::size_t region = 0;
  std::string path;  // "etc/fstab"; empty: the volume or its root folder
  std::string what;  // "its content differs"
};

struct Comparison {
  std::vector<std::string> table;       // how the tables differ, a sentence each
  std::vector<BlockDifference> blocks;  // ascending, neighbours joined; the first kMostDifferences
  std::vector<FileDifference> files;    // the first kMostDifferences
  std::vector<std::string> remarks;     // what one should know to judge them, a sentence each
  std::uint64_t bytesCompared = 0;      // as blocks
  std::uint64_t blocksDiffering = 0;
  std::uint64_t volumesByFiles = 0;
  std::uint64_t filesCompared = 0;
  std::uint64_t filesDiffering = 0;
  bool same() const { return table.empty() && blocksDiffering == 0 && filesDiffering == 0; }
};
inline constexpr std::size_t kMostDifferences = 1000;

// Whether everything that the plan would copy stands on `other` where the plan would put it, block
// by block. A volume that has another size there (Region::resizedTo), or in which files are meant
// to be others (Region::edits), is compared by its files instead; a boot sector that was to follow
// a move is expected to have done so. Tables are compared by what they say; where a GPT keeps its
// backup does not count. Throws Error(Failed), with a hint, when files have to be compared and
// cannot be read.
Comparison compareDisks(const plan::Plan& plan, const ReaderPtr& source, const ReaderPtr& other,
                        const copy::PipelineOptions& options, copy::Progress& progress,
                        std::uint64_t grid = copy::kBlockSize);

}  // namespace disktwin::compare
