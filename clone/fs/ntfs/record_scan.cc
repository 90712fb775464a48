#include "clone/fs/ntfs/record_scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

void visitRecord(std::span<std::byte> bytes, std::uint64_t number,
                 const std::function<void(const Record&)>& visit) {
  if (!hasMagic(bytes, "FILE")) {
    // Allocated for the table, but not used so far.
    if (std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; })) {
      return;
    }
    throw Damage{fmt::format("MFT record {} does not begin with \"FILE\"", number)};
  }
  const Record record(bytes, number);
  // A deleted file has given its clusters back.
  if (record.inUse()) visit(record);
}

}  // namespace

void forEachRecordInUse(const Mft& mft, std::uint64_t count,
                        const std::function<void(const Record&)>& visit) {
  const std::uint64_t unit = mft.geometry().recordSize;
  const std::uint64_t end = count * unit;
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(end, MiB)));
  std::uint64_t at = 0;
  while (at < end) {
    const Extent data = mft.data().nextData(at);
    if (data.empty() || data.offset >= end) return;
    at = roundDown(data.offset, unit);
    const std::uint64_t stop = std::min(roundUp(data.end(), unit), end);
    while (at < stop) {
      const auto part = std::span(buffer).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(stop - at, buffer.size())));
      mft.data().read(at, part);
      for (std::size_t i = 0; i < part.size(); i += unit) {
        visitRecord(part.subspan(i, unit), (at + i) / unit, visit);
      }
      at += part.size();
    }
  }
}

std::vector<Run> runsOf(const Record& record, const Attribute& attribute,
                        const Geometry& geometry) {
  if (!attribute.nonResident) return {};
  try {
    std::vector<Run> runs =
        decodeRuns(attribute.pairs, attribute.firstVcn, attribute.endVcn, geometry.clusters);
    std::erase_if(runs, [](const Run& run) { return run.isHole(); });
    return runs;
  } catch (const Damage& damage) {
    throw Damage{fmt::format("MFT record {}: {}", record.number(), damage.why)};
  }
}

}  // namespace disktwin::fs::ntfs
