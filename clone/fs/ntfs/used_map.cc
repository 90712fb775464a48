#include "clone/fs/ntfs/used_map.h"

#include <algorithm>

#include "clone/fs/ntfs/bitmap.h"
#include "clone/fs/ntfs/record_scan.h"

namespace disktwin::fs::ntfs {

namespace {

// "$Boot": 16 sectors, or 8 KiB on drives with large ones.
constexpr std::uint64_t kBootArea = 64 * KiB;

// Reading this much more is quicker than seeking over it.
constexpr std::uint64_t kGap = 64 * KiB;

// Adds the clusters of the first `count` records.
void addRecords(const Mft& mft, std::uint64_t count, ExtentBuilder& out) {
  const Geometry& geometry = mft.geometry();
  forEachRecordInUse(mft, count, [&](const Record& record) {
    for (const Attribute& attribute : record.attributes()) {
      for (const Run& run : runsOf(record, attribute, geometry)) {
        out.add(geometry.bytesOf(run.lcn, run.length));
      }
    }
  });
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
