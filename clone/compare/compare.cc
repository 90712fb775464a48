#include "clone/compare/compare.h"

#include <algorithm>

#include "clone/compare/tables.h"
#include "clone/compare/volumes.h"
#include "clone/copy/sinks.h"
#include "clone/fs/registry.h"
#include "clone/io/patched_reader.h"
#include "clone/io/window.h"

namespace disktwin::compare {
namespace {

// The source as it should stand there: boot sectors say where they are.
ReaderPtr asExpected(const plan::Plan& plan, const ReaderPtr& source) {
  std::map<std::uint64_t, std::vector<std::byte>> patches;
  for (const plan::Region& region : plan.regions) {
    if (!region.bootSectorFollows || isByFiles(region)) continue;
    const auto found = fs::recognise(std::make_shared<Window>(source, region.source, region.what));
    if (!found.fs) continue;
    for (fs::Patch& patch : found.fs->whenMoved(region.source.offset, region.target)) {
      patches[region.source.offset + patch.offset] = std::move(patch.bytes);
    }
  }
  return patches.empty() ? source : std::make_shared<PatchedReader>(source, std::move(patches));
}

void compareBlocks(const plan::Plan& plan, const ReaderPtr& source, const BlockReader& other,
                   const copy::PipelineOptions& options, copy::Progress& progress,
                   std::uint64_t grid, Comparison& out) {
  copy::CompareSink sink(other, kMostDifferences);
  copy::BlockList blocks(plan, grid);
  copy::run(blocks, *asExpected(plan, source), sink, options, [&](const copy::Block& block) {
    out.bytesCompared += block.source.length;
    progress.add(block.source.length);
  });
  out.blocksDiffering = sink.count();
  for (const copy::Block& block : sink.takeDiffering()) {
    out.blocks.push_back({block.region, block.source});
  }
  std::ranges::sort(out.blocks, {}, [](const BlockDifference& d) { return d.source.offset; });
}

}  // namespace

Comparison compareDisks(const plan::Plan& plan, const ReaderPtr& source, const ReaderPtr& other,
                        const copy::PipelineOptions& options, copy::Progress& progress,
                        std::uint64_t grid) {
  Comparison out;
  out.table = compareTables(plan, *other);
  plan::Plan byBlocks = plan;
  std::uint64_t total = 0;
  for (plan::Region& region : byBlocks.regions) {
    // Files are read on both sides.
    total += region.extents.bytes() * (isByFiles(region) ? 2 : 1);
    if (isByFiles(region)) region.extents = {};
  }
  progress.begin(copy::Phase::Compare, total);
  compareBlocks(byBlocks, source, *other, options, progress, grid, out);
  for (std::size_t i = 0; i < plan.regions.size(); ++i) {
    if (isByFiles(plan.regions[i])) compareByFiles(plan, i, source, other, progress, out);
  }
  return out;
}

}  // namespace disktwin::compare
