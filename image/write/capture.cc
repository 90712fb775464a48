#include "image/write/capture.h"

#include <algorithm>
#include <array>

#include "clone/copy/block_list.h"
#include "clone/copy/pipeline.h"
#include "clone/copy/planned_disk.h"
#include "clone/io/extent_set.h"
#include "platform/processors.h"

namespace disktwin::image {
namespace {

constexpr int kLastFastLevel = 3;
constexpr int kLastMiddleLevel = 12;
constexpr unsigned kMostThreads = 16;

// Every cell of the disk that may hold something, in the child or in the parent (what has become
// unused is zeroes in the child).
ExtentSet cellsOf(const CapturePlan& plan, const CaptureJob& job) {
  ExtentBuilder cells(job.head.frameBytes);
  for (const plan::Region& region : plan.plan.regions) {
    for (const Extent& extent : region.extents) cells.add(extent);
  }
  for (const table::TableBlock& block : plan.plan.table) {
    cells.add({block.offset, block.bytes.size()});
  }
  if (job.parent) {
    for (Extent data = job.parent->nextData(0); !data.empty();
         data = job.parent->nextData(data.end())) {
      cells.add(data);
    }
  }
  return cells.finish().aligned(job.head.frameBytes, plan.preface.info.diskSize);
}

// The pipeline's plan: cells of the disk inside the image, nothing held back.
plan::Plan cellPlan(const CapturePlan& plan, const CaptureJob& job) {
  plan::Plan cells;
  plan::Region region;
  region.source = {0, plan.preface.info.diskSize};
  region.extents = cellsOf(plan, job);
  cells.bytesToRead = region.extents.bytes();
  cells.regions.push_back(std::move(region));
  return cells;
}

// What all threads may hold together, so that a capture takes no more than 256 MiB in all.
constexpr std::uint64_t kThreadMemory = 232 * MiB;
// MiB that zstd (1.5) works with at each level, as Compressor uses it for a frame of ours.
constexpr std::array<std::uint64_t, 19> kContext = {1,  1,  2,  3,  4,  4,  7,  7,  7, 25,
                                                    25, 49, 33, 49, 65, 33, 49, 50, 82};

}  // namespace

// Where compressing takes most of the time, more threads than cores only take memory; where it is
// fast, one waits for the disk.
unsigned threadsFor(int level, unsigned processors) {
  constexpr unsigned kFewest = 2;
  const unsigned wanted = level <= kLastFastLevel ? processors + 1 : processors;
  // What is being read, what is compressed, and what waits for its turn or has just been given
  // back.
  const std::uint64_t each = 3ULL * frameBytesFor(level) + kContext.at(level - 1U) * MiB;
  const std::uint64_t fit = std::max<std::uint64_t>(kThreadMemory / each, kFewest);
  return std::min(std::clamp(wanted, kFewest, kMostThreads), static_cast<unsigned>(fit));
}

std::uint32_t frameBytesFor(int level) {
  return level <= kLastFastLevel ? 4U << 20 : level <= kLastMiddleLevel ? 8U << 20 : 16U << 20;
}

std::uint64_t smallestVolume(std::uint32_t frameBytes) {
  // A frame that does not compress grows a little; an INDX is a fraction of a MiB.
  return std::uint64_t{frameBytes} + MiB;
}

CaptureResult runCapture(const CapturePlan& plan, const ReaderPtr& source, const CaptureJob& job,
                         Output& output, copy::Progress& progress) {
  const plan::Plan cells = cellPlan(plan, job);
  const copy::PlannedDisk disk(plan.plan, source);
  progress.begin(copy::Phase::Copy, cells.bytesToRead);
  ImageWriter writer(output, job.head, job.key, job.replay);
  writer.begin(plan.preface);
  copy::BlockList blocks(cells, job.head.frameBytes);
  copy::PipelineOptions options;
  const unsigned processors = usableProcessors();
  options.threads = job.threads != 0 ? job.threads : threadsFor(job.level, processors);
  // More at once would only push each other's tables out of the caches.
  const unsigned compressors = job.threads != 0 ? job.threads : processors;
  CaptureSink sink(writer, job.head, job.level, job.parent, job.replay, compressors);
  options.limit = job.limit;
  copy::run(blocks, disk, sink, options,
            [&](const copy::Block& block) { progress.add(block.source.length); });
  progress.begin(copy::Phase::Flush, 0);
  writer.finish();
  progress.setTarget(copy::TargetState::Complete);
  return {writer.bytes(), writer.presentBytes(), writer.bytesReplayed()};
}

}  // namespace disktwin::image
