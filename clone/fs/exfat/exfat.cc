// exFAT. On a clean volume the allocation bitmap is the truth about what is in use; on one that was
// not unmounted, the directory tree is looked through as well.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "clone/fs/exfat/bitmap.h"
#include "clone/fs/exfat/boot_region.h"
#include "clone/fs/exfat/cluster_chain.h"
#include "clone/fs/exfat/directory_walk.h"
#include "clone/fs/exfat/root_directory.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::exfat {
namespace {

// What open() reads at most, because it is called whenever disks are listed: label and bitmap are
// nearly always named first in the root directory, and so much bitmap does for 4 TiB with the usual
// clusters of 128 KiB.
constexpr std::uint64_t kMostListed = 256 * KiB;
constexpr std::uint64_t kMostCounted = 4 * MiB;

constexpr std::uint64_t kMostUpCaseBytes = 128 * KiB;  // section 7.2: 65536 units of 2 bytes

std::uint64_t usedBytes(const BlockReader& volume, const Geometry& g, const RootDirectory& root) {
  if (!root.bitmaps.empty() && root.bitmaps.front().length <= kMostCounted) {
    const Bitmap bitmap(volume, g, root.bitmaps.front());
    if (bitmap.problem().empty()) {
      return g.size - std::uint64_t{g.clusterCount - bitmap.countTaken()} * g.clusterBytes;
    }
  }
  if (!g.percentInUse) return 0;
  return g.heapStart + std::uint64_t{g.clusterCount} * g.clusterBytes / 100 * *g.percentInUse;
}

VolumeInfo describe(const BlockReader& volume, const Geometry& g) {
  VolumeInfo info;
  info.type = "exfat";
  if (g.serial != 0) info.uuid = fmt::format("{:04X}-{:04X}", g.serial >> 16, g.serial & 0xFFFF);
  info.blockSize = g.clusterBytes;
  info.size = g.size;
  if (!g.problem.empty()) return info;
  info.state = g.dirty || g.mediaFailure ? VolumeState::Dirty : VolumeState::Clean;
  if (g.mediaFailure) {
    info.notes.push_back("The file system remembers read or write errors of its medium.");
  }
  if (g.backupDamaged) {
    info.notes.push_back(
        "The backup of its boot region is damaged; it is copied as it is and fsck can repair it.");
  }
  const RootDirectory root = readRootDirectory(volume, g, kMostListed);
  info.label = root.label;
  info.used = usedBytes(volume, g, root);
  return info;
}

// Puts the map together, until something contradicts something else.
class Mapper {
 public:
  Mapper(const BlockReader& volume, const Geometry& geometry)
      : volume_(volume), geometry_(geometry) {}

  // Why the map is not complete; empty when it is.
  std::string run() {
    const Geometry& g = geometry_;
    // Everything before the clusters: boot regions, both tables. Section 2 leaves gaps, in which
    // some devices keep parameters of the flash medium.
    map_.add({0, g.heapStart});
    const RootDirectory root = readRootDirectory(volume_, g, kMostDirectoryBytes);
    if (!root.problem.empty()) return root.problem;
    if (root.upCaseTables.size() != 1) return "its root directory does not name one up-case table";
    for (const Extent& extent : root.extents) map_.add(extent);
    if (std::string why = addUpCaseTable(root.upCaseTables.front()); !why.empty()) return why;
    if (root.bitmaps.size() != g.tableCount) {
      return fmt::format("its root directory names {} allocation bitmaps instead of {}",
                         root.bitmaps.size(), g.tableCount);
    }
    for (const Stream& bitmap : root.bitmaps) {
      std::string why = addBitmap(bitmap, root);
      if (!why.empty()) return why;
    }
    if (!g.dirty) return {};
    if (g.tableCount != 1) return "it was not unmounted, amid a transaction of TexFAT";
    return walkDirectories(volume_, g, [this](std::uint32_t first, std::uint32_t count) {
      map_.add(geometry_.clusters(first, count));
    });
  }

  ExtentSet finish() { return map_.finish(); }

 private:
  std::string addUpCaseTable(const Stream& where) {
    std::uint32_t found = 0;
    ClusterTable table(volume_, geometry_);
    const std::uint32_t needed = geometry_.clustersFor(where.length);
    if (where.length == 0 || where.length > kMostUpCaseBytes) {
      return fmt::format("its up-case table has {} bytes, at most {} are possible", where.length,
                         kMostUpCaseBytes);
    }
    followChain(table, geometry_, where.firstCluster, needed,
                [&](std::uint32_t first, std::uint32_t count) {
                  map_.add(geometry_.clusters(first, count));
                  found += count;
                });
    return found < needed ? "the chain of its up-case table is broken" : std::string();
  }

  std::string addBitmap(const Stream& where, const RootDirectory& root) {
    const Bitmap bitmap(volume_, geometry_, where);
    if (!bitmap.problem().empty()) return bitmap.problem();
    // A bitmap that calls itself free was wiped or is not a bitmap.
    for (const std::uint32_t cluster :
         {geometry_.rootCluster, where.firstCluster, root.upCaseTables.front().firstCluster}) {
      if (!bitmap.has(cluster)) {
        return fmt::format("its allocation bitmap calls cluster {} free, which is in use", cluster);
      }
    }
    for (const Extent& extent : bitmap.extents()) map_.add(extent);
    bitmap.scan([this](std::uint32_t first, std::uint32_t count) {
      map_.add(geometry_.clusters(first, count));
    });
    return {};
  }

  const BlockReader& volume_;
  const Geometry& geometry_;
  ExtentBuilder map_;
};

class ExFat final : public FileSystem {
 public:
  ExFat(ReaderPtr volume, Geometry geometry)
      : volume_(std::move(volume)),
        geometry_(std::move(geometry)),
        info_(describe(*volume_, geometry_)) {}

  const VolumeInfo& info() const override { return info_; }

  UsedMap used() const override {
    if (!geometry_.problem.empty()) return UsedMap::whole(*volume_, geometry_.problem);
    Mapper mapper(*volume_, geometry_);
    std::string why = mapper.run();
    if (!why.empty()) return UsedMap::whole(*volume_, std::move(why));
    return {mapper.finish(), {}};
  }

  ExtentSet signatures() const override {
    const Extent all{0, volume_->size()};
    if (geometry_.sectorBytes == 0) return ExtentSet{{0, sizeof(BootSector)}}.clipped(all);
    return ExtentSet{geometry_.bootRegions()}.clipped(all);
  }

 private:
  ReaderPtr volume_;
  Geometry geometry_;
  VolumeInfo info_;
};

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  std::optional<Geometry> geometry = readGeometry(*volume);
  if (!geometry) return nullptr;
  return std::make_unique<ExFat>(std::move(volume), std::move(*geometry));
}

}  // namespace disktwin::fs::exfat
