#include <fmt/format.h>

#include <algorithm>

#include "clone/copy/clone.h"
#include "clone/copy/sinks.h"
#include "platform/error.h"

namespace disktwin::copy {
namespace {

void comparePartitions(const table::Layout& wanted, const table::Layout& found,
                       std::vector<std::string>& out) {
  for (const table::Partition& partition : wanted.partitions) {
    const table::Partition* other = found.find(partition.number);
    if (!other) {
      out.push_back(fmt::format("partition {} is missing", partition.number));
    } else if (*other != partition) {
      const bool place =
          other->firstLba != partition.firstLba || other->lbaCount != partition.lbaCount;
      out.push_back(fmt::format("partition {} has another {}", partition.number,
                                place ? "place or size" : "type, name, id or flags"));
    }
  }
  for (const table::Partition& partition : found.partitions) {
    if (!wanted.find(partition.number)) {
      out.push_back(fmt::format("partition {} is not on the source", partition.number));
    }
  }
}

std::vector<std::string> compareTables(const plan::Plan& plan, const BlockReader& other) {
  std::vector<std::string> out;
  const table::Layout& wanted = plan.targetLayout;
  if (wanted.kind == table::TableKind::None) return out;
  table::Layout found = table::parse(other);
  for (const table::Finding& finding : found.findings) {
    if (finding.severity == table::Severity::Fatal) out.push_back(finding.text);
  }
  if (!out.empty()) return out;
  if (found.kind != wanted.kind) {
    out.push_back(fmt::format("its partition table is {}, expected {}", kindName(found.kind),
                              kindName(wanted.kind)));
    return out;
  }
  if (found.sectorSize == wanted.sectorSize) {
    try {
      found = table::relocated(found, wanted.sectorCount);
    } catch (const Error& error) {
      out.push_back(error.detail());
      return out;
    }
  }
  if (found == wanted) return out;
  comparePartitions(wanted, found, out);
  if (out.empty()) out.push_back("the disk's id, signature, boot code or table format differs");
  return out;
}

}  // namespace

Comparison compare(const plan::Plan& plan, const BlockReader& source, const BlockReader& other,
                   const PipelineOptions& options, Progress& progress, std::uint64_t grid) {
  progress.begin(Phase::Compare, plan.bytesToRead);
  Comparison out;
  out.table = compareTables(plan, other);
  CompareSink sink(other);
  BlockList blocks(plan, grid);
  run(blocks, source, sink, options, [&](const Block& block) {
    out.bytesCompared += block.source.length;
    progress.add(block.source.length);
  });
  out.blocksDiffering = sink.count();
  for (const Block& block : sink.takeDiffering()) {
    out.differences.push_back({block.region, block.source});
  }
  std::sort(
      out.differences.begin(), out.differences.end(),
      [](const Difference& a, const Difference& b) { return a.source.offset < b.source.offset; });
  return out;
}

}  // namespace disktwin::copy
