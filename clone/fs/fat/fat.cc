// FAT12, FAT16 and FAT32. The file allocation table is the truth about what is in use: whatever a
// directory says, a cluster without an entry can be reached by no driver.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "clone/fs/fat/boot_sector.h"
#include "clone/fs/fat/label.h"
#include "clone/fs/fat/table.h"
#include "clone/fs/filesystem.h"
#include "clone/fs/hidden_sectors.h"

namespace disktwin::fs::fat {
namespace {

// Tables up to this are counted when a volume is opened, which happens whenever disks are listed.
// It is enough for a memory card of 64 GiB; larger ones show what FSInfo says.
constexpr std::uint64_t kMostCounted = 16 * MiB;

// fatgen103, "FAT32 FSInfo Sector Structure", without the long empty stretch.
struct InfoSector {
  le32 lead;
  std::array<std::byte, 480> empty;
  le32 signature;
  le32 freeClusters;
  le32 nextFree;
};
static_assert(sizeof(InfoSector) == 496);

std::uint64_t usedBytes(const Geometry& g, std::uint32_t usedClusters) {
  return g.size - std::uint64_t{g.clusterCount - usedClusters} * g.clusterBytes;
}

// Clusters in use by the count that FAT32 keeps. A hint that may be stale: never used for the map.
std::optional<std::uint32_t> hintedUse(const BlockReader& volume, const Geometry& g) {
  if (g.infoAt == 0 || !extentFits(g.infoAt, sizeof(InfoSector), volume.size())) return {};
  const auto info = readStruct<InfoSector>(volume, g.infoAt);
  if (info.lead != 0x41615252 || info.signature != 0x61417272) return {};
  if (info.freeClusters > g.clusterCount) return {};
  return g.clusterCount - info.freeClusters;
}

void describeState(const BlockReader& volume, const Geometry& g, VolumeInfo& info) {
  // fatgen103, "FAT Data Structure": the highest bits of entry 1 are cleared while mounted and when
  // the medium had errors. FAT12 has no room for them.
  bool dirty = false;
  bool mediaErrors = false;
  if (g.bits != 12) {
    const std::uint32_t flags = readEntry(volume, g, 1);
    const std::uint32_t cleanBit = g.bits == 16 ? 0x8000 : 0x08000000;
    dirty = (flags & cleanBit) == 0;
    mediaErrors = (flags & cleanBit >> 1) == 0;
  }
  if (g.state) {
    dirty = dirty || (*g.state & 1) != 0;
    mediaErrors = mediaErrors || (*g.state & 2) != 0;
  }
  if (mediaErrors) {
    info.notes.push_back("The file system remembers read or write errors of its medium.");
  }
  const bool told = g.bits != 12 || g.state;
  info.state = dirty || mediaErrors ? VolumeState::Dirty
               : told               ? VolumeState::Clean
                                    : VolumeState::Unknown;
}

void describeUse(const BlockReader& volume, const Geometry& g, VolumeInfo& info) {
  if (g.usefulTableBytes() * g.tableCount > kMostCounted) {
    if (const auto used = hintedUse(volume, g)) {
      info.used = usedBytes(g, *used);
      return;
    }
  }
  const TableCount count = scanTables(volume, g, [](std::uint32_t, std::uint32_t) {});
  info.used = usedBytes(g, count.used);
  if (count.bad != 0) {
    info.notes.push_back(
        fmt::format("{} clusters are marked as bad, and stay so on a copy.", count.bad));
  }
  if (count.copiesDiffer) {
    info.notes.push_back(
        "The copies of its file allocation table differ; what any of them calls used is copied.");
  }
}

VolumeInfo describe(const BlockReader& volume, const Geometry& g) {
  VolumeInfo info;
  info.type = "vfat";
  info.label = readLabel(volume, g);
  if (g.serial != 0) info.uuid = fmt::format("{:04X}-{:04X}", g.serial >> 16, g.serial & 0xFFFF);
  info.blockSize = g.clusterBytes;
  info.size = g.size;
  info.notes.push_back(fmt::format("FAT{}", g.bits));
  if (!g.problem.empty()) return info;
  describeState(volume, g, info);
  describeUse(volume, g, info);
  return info;
}

class Fat final : public FileSystem {
 public:
  Fat(ReaderPtr volume, Geometry geometry)
      : volume_(std::move(volume)),
        geometry_(std::move(geometry)),
        info_(describe(*volume_, geometry_)) {}

  const VolumeInfo& info() const override { return info_; }
  UsedMap used() const override;
  ExtentSet signatures() const override;
  std::vector<Patch> whenMoved(std::uint64_t from, std::uint64_t to) const override {
    return moveHiddenSectors(*volume_, geometry_.sectorBytes, {geometry_.backupAt}, from, to);
  }

 private:
  std::string findContradiction() const;

  ReaderPtr volume_;
  Geometry geometry_;
  VolumeInfo info_;
};

// A boot sector outlives what it describes, when another kind of volume is put over it. So the
// tables have to look as a formatter and a driver leave them, or their zeroes prove nothing.
std::string Fat::findContradiction() const {
  const Geometry& g = geometry_;
  // fatgen103, "FAT Data Structure": entry 0 is the media byte, its other bits are ones.
  const std::uint32_t first = readEntry(*volume_, g, 0) & g.entryMask();
  const std::uint32_t media = first & 0xFF;
  if ((first | 0xFF) != g.entryMask() || (media != 0xF0 && media < 0xF8)) {
    return fmt::format("its file allocation table begins with {:#x} instead of a media type",
                       first);
  }
  if (g.bits == 32 && (readEntry(*volume_, g, g.rootCluster) & g.entryMask()) == 0) {
    return "its root directory lies in a cluster that is marked as free";
  }
  return {};
}

UsedMap Fat::used() const {
  const Geometry& g = geometry_;
  std::string problem = g.problem.empty() ? findContradiction() : g.problem;
  if (!problem.empty()) return UsedMap::whole(*volume_, std::move(problem));
  ExtentBuilder map;
  // Everything before the first cluster: boot sectors, whatever else a system keeps in the reserved
  // sectors, all tables, the root directory of FAT12 and FAT16.
  map.add({0, g.dataStart});
  scanTables(*volume_, g,
             [&](std::uint32_t first, std::uint32_t count) { map.add(g.clusters(first, count)); });
  UsedMap out{map.finish(), {}};
  out.extents = unite(out.extents, signatures());
  return out;
}

ExtentSet Fat::signatures() const {
  const Extent all{0, volume_->size()};
  const Geometry& g = geometry_;
  ExtentSet out{{0, g.sectorBytes}};
  if (g.infoAt != 0) out.add({g.infoAt, g.sectorBytes});
  // The backup is of all three sectors: boot, FSInfo, the rest of the boot code.
  if (g.backupAt != 0) out.add({g.backupAt, 3 * std::uint64_t{g.sectorBytes}});
  return out.clipped(all);
}

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  std::optional<Geometry> geometry = readGeometry(*volume);
  if (!geometry) return nullptr;
  return std::make_unique<Fat>(std::move(volume), std::move(*geometry));
}

}  // namespace disktwin::fs::fat
