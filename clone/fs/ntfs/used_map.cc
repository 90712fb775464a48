#include "clone/fs/ntfs/used_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/ntfs/bitmap.h"
#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

// "$Boot": 16 sectors, or 8 KiB on drives with large ones.
constexpr std::uint64_t kBootArea = 64 * KiB;

// Reading this much more is quicker than seeking over it.
constexpr std::uint64_t kGap = 64 * KiB;

// Adds the clusters that the attributes of one record name.
void addRecord(std::span<std::byte> bytes, std::uint64_t number, const Geometry& geometry,
               ExtentBuilder& out) {
  if (!hasMagic(bytes, "FILE")) {
    // Allocated for the table, but not used so far.
    if (std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; })) {
      return;
    }
    throw Damage{fmt::format("MFT record {} does not begin with \"FILE\"", number)};
  }
  const Record record(bytes, number);
  // A deleted file has given its clusters back.
  if (!record.inUse()) return;
  for (const Attribute& attribute : record.attributes()) {
    if (!attribute.nonResident) continue;
    try {
      for (const Run& run :
           decodeRuns(attribute.pairs, attribute.firstVcn, attribute.endVcn, geometry.clusters)) {
        if (!run.isHole()) out.add(geometry.bytesOf(run.lcn, run.length));
      }
    } catch (const Damage& damage) {
      throw Damage{fmt::format("MFT record {}: {}", number, damage.why)};
    }
  }
}

// Adds the clusters of the first `count` records; holes of the table are zeroes and so unused.
void addRecords(const Mft& mft, std::uint64_t count, ExtentBuilder& out) {
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
        addRecord(part.subspan(i, unit), (at + i) / unit, mft.geometry(), out);
      }
      at += part.size();
    }
  }
}

// The clusters cover the volume up to a remainder; behind them lies the backup boot sector.
ExtentSet outsideOfClusters(const BlockReader& volume, const Geometry& geometry) {
  ExtentSet out{{0, std::min(kBootArea, volume.size())}};
  const std::uint64_t covered = geometry.clusters * geometry.clusterSize;
  const std::uint64_t end = std::min(volume.size(), geometry.bytes() + geometry.sectorSize);
  out.add({covered, end - covered});
  if (volume.size() >= geometry.sectorSize) {
    out.add({volume.size() - geometry.sectorSize, geometry.sectorSize});
  }
  return out;
}

}  // namespace

ExtentSet bootSectors(const BlockReader& volume, const Geometry& geometry) {
  const std::uint64_t sector = geometry.sectorSize;
  ExtentSet out{{0, sector}};
  // Windows keeps the copy in the last sector of the partition, which is the first one that the
  // filesystem does not count, unless the partition has been enlarged later.
  for (const std::uint64_t at : {geometry.bytes(), volume.size() - sector}) {
    if (!extentFits(at, sector, volume.size())) continue;
    if (bearsSignature(readStruct<BootSector>(volume, at))) out.add({at, sector});
  }
  return out;
}

ExtentSet usedExtents(const Mft& mft, const Stream& bitmap, bool askEveryFile) {
  const Geometry& geometry = mft.geometry();
  ExtentBuilder out(kGap);
  for (const Extent& extent : outsideOfClusters(mft.volume(), geometry)) out.add(extent);
  const auto addAll = [&](const Stream& stream) {
    for (const Extent& extent : stream.extents()) out.add(extent);
  };
  addAll(mft.data());
  addAll(bitmap);
  for (const std::uint64_t number : {kMirrorRecord, kLogFileRecord, kBootRecord}) {
    addAll(mft.get(number, AttributeType::Data));
  }
  addRecords(mft, askEveryFile ? mft.recordCount() : std::min(kSystemRecords, mft.recordCount()),
             out);
  forEachUsedRun(
      bitmap, geometry.clusters, kGap / geometry.clusterSize,
      [&](std::uint64_t first, std::uint64_t count) { out.add(geometry.bytesOf(first, count)); });
  return out.finish().clipped({0, mft.volume().size()});
}

}  // namespace disktwin::fs::ntfs
