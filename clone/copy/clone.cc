#include "clone/copy/clone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "clone/copy/hash_log.h"
#include "clone/copy/reshape.h"
#include "clone/copy/sinks.h"
#include "platform/cancellation.h"
#include "platform/error.h"

namespace disktwin::copy {
namespace {

// Zeroing a large range may take a device long; in parts, a request to stop is heard in between.
constexpr std::uint64_t kZeroPart = 64 * MiB;

std::function<void(const Block&)> counting(Progress& progress) {
  return [&progress](const Block& block) { progress.add(block.source.length); };
}

void wipe(const plan::Plan& plan, BlockTarget& target, Progress& progress) {
  progress.begin(Phase::Wipe, plan.wipe.bytes());
  for (Extent rest : plan.wipe) {
    while (!rest.empty()) {
      Cancellation::check();
      const Extent part{rest.offset, std::min(rest.length, kZeroPart)};
      progress.setTarget(TargetState::Incomplete);
      target.zero(part);
      progress.add(part.length);
      rest = {part.end(), rest.length - part.length};
    }
  }
  target.flush();
}

void writeTable(const plan::Plan& plan, BlockTarget& target, Progress& progress) {
  std::uint64_t total = 0;
  for (const table::TableBlock& block : plan.table) total += block.bytes.size();
  progress.begin(Phase::Table, total);
  for (std::size_t i = 0; i < plan.table.size(); ++i) {
    Cancellation::check();
    // The block that makes the rest valid must not overtake it on its way to the medium.
    if (i + 1 == plan.table.size()) target.flush();
    target.write(plan.table[i].offset, plan.table[i].bytes);
    progress.add(plan.table[i].bytes.size());
  }
  if (!plan.table.empty()) target.flush();
}

// The source bytes of the first block of a group of the hash log, and the region it belongs to.
Block firstBlockOf(const plan::Plan& plan, std::uint64_t grid, std::uint64_t sequence) {
  BlockList blocks(plan, grid);
  Block found;
  for (const bool heldBack : {false, true}) {
    if (heldBack) blocks.startHeldBack();
    while (const std::optional<Block> block = blocks.next()) {
      found = *block;
      if (block->sequence == sequence) return found;
    }
  }
  return found;
}

void verifyTable(const plan::Plan& plan, BlockTarget& target) {
  const ReaderPtr medium = target.readBack();
  for (const table::TableBlock& block : plan.table) {
    if (readBytes(*medium, block.offset, block.bytes.size()) != block.bytes) {
      throw Error(
          ErrorKind::Mismatch, target.name(),
          fmt::format("its partition table at byte {} does not read back as written", block.offset),
          "the target is not reliable: do not use it", Extent{block.offset, block.bytes.size()});
    }
  }
}

void verifyCopied(const plan::Plan& plan, BlockTarget& target, const HashLog& expected,
                  const CloneOptions& options, Progress& progress) {
  const ReaderPtr medium = target.readBack();
  HashLog found;
  HashSink sink(found, options.grid);
  BlockList blocks(plan, options.grid);
  PipelineOptions pipeline = options.pipeline;
  pipeline.readTarget = true;
  run(blocks, *medium, sink, pipeline, counting(progress));
  const std::vector<std::uint64_t> wrong = HashLog::differences(expected, found);
  if (wrong.empty()) return;
  const Block first = firstBlockOf(plan, options.grid, wrong.front() * expected.groupSize());
  throw Error(ErrorKind::Mismatch, target.name(),
              fmt::format("{}: byte {} and what follows does not read back as written ({} of {} "
                          "places differ)",
                          plan.regions[first.region].what, first.target, wrong.size(),
                          (expected.blocks() + expected.groupSize() - 1) / expected.groupSize()),
              "the target or the way to it is not reliable: do not use it",
              Extent{first.target, first.source.length});
}

HashLog copyBlocks(const plan::Plan& plan, const BlockReader& source, BlockTarget& target,
                   const CloneOptions& options, Progress& progress) {
  progress.begin(Phase::Copy, plan.bytesToRead);
  progress.setTarget(TargetState::Incomplete);
  HashLog hashes;
  BlockList blocks(plan, options.grid);
  DiskSink sink(target, hashes, options.grid);
  const auto copied = [&](const Block& block) {
    progress.add(block.source.length);
    if (options.copied) options.copied(block);
  };
  run(blocks, source, sink, options.pipeline, copied, [&] {
    if (options.beforeMarks) options.beforeMarks();
    // What makes the target recognisable must not reach the medium before the rest.
    if (!plan.last.empty()) target.flush();
  });
  progress.begin(Phase::Flush, 0);
  target.flush();
  return hashes;
}

}  // namespace

void runClone(const plan::Plan& planned, const BlockReader& source, BlockTarget& target,
              const CloneOptions& options, Progress& progress) {
  wipe(planned, target, progress);
  plan::Plan plan = planned;
  const bool comesOnce = plan.request.access == plan::Access::FrontToBack && isAnyReshaped(plan);
  std::vector<WrittenBlock> written;
  if (!comesOnce) written = reshapeVolumes(plan, source, target, progress);
  const HashLog hashes = copyBlocks(plan, source, target, options, progress);
  if (comesOnce) {
    // Afterwards it is not what was copied any more.
    if (options.verify) {
      progress.begin(Phase::Verify, plan.bytesToRead);
      verifyCopied(plan, target, hashes, options, progress);
    }
    written = reshapeCopied(plan, target, progress);
    target.flush();
  }
  writeTable(plan, target, progress);
  progress.setTarget(TargetState::Complete);
  if (!options.verify) return;
  std::uint64_t total = comesOnce ? 0 : plan.bytesToRead;
  for (const WrittenBlock& block : written) total += block.target.length;
  progress.begin(Phase::Verify, total);
  verifyTable(plan, target);
  verifyWritten(written, *target.readBack(), target.name(), progress);
  if (!comesOnce) verifyCopied(plan, target, hashes, options, progress);
}

}  // namespace disktwin::copy
