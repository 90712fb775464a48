#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/hidden_sectors.h"
#include "clone/plan/fitted_layout.h"
#include "clone/plan/plan.h"
#include "clone/plan/regions.h"
#include "clone/plan/sectors.h"
#include "platform/error.h"
#include "platform/size_text.h"

namespace disktwin::plan {
namespace {

// Boot loaders live between the table and the first partition. Beyond this much it is unused space
// that happens to come first.
constexpr std::uint64_t kLargestGap = 64 * MiB;

[[noreturn]] void refuseTooSmall(const Target& to, std::uint64_t needed) {
  throw Error(ErrorKind::Refused, to.path,
              fmt::format("has {}, needed are {}: {} bytes are missing", formatSizeExactly(to.size),
                          formatSizeExactly(needed), formatCount(needed - to.size)),
              "choose a larger target");
}

// The sector size in which the source's structures count; 0 when nothing depends on one.
std::uint32_t sectorSizeOf(const Survey& source, const Endpoint& from) {
  if (from.sectorSize != 0) return from.sectorSize;
  return source.layout.kind == table::TableKind::None ? 0 : source.layout.sectorSize;
}

// The sector size of the target when the table has to be converted to it; otherwise 0. Throws when
// what is copied would be of no use there.
std::uint32_t otherSectorSize(const Survey& source, const Endpoint& from, const Target& to,
                              const Request& request) {
  const std::uint32_t have = sectorSizeOf(source, from);
  if (have == 0 || to.sectorSize == 0 || have == to.sectorSize) return 0;
  const bool hasTable = source.layout.kind != table::TableKind::None &&
                        source.wholeDiskMark.empty() && !source.layout.isFatal();
  if (!hasTable || request.allSectors || to.kind == EndpointKind::Partition) {
    throw Error(
        ErrorKind::Refused, to.path,
        fmt::format("has sectors of {} bytes, the source has sectors of {}", to.sectorSize, have),
        "a copy by blocks would not work there; choose a target with the same sector size");
  }
  checkSectors(source, request.partitions, to.sectorSize, to.path);
  return to.sectorSize;
}

class Planner {
 public:
  Planner(const Survey& source, const Endpoint& from, const Target& to, const Request& request)
      : source_(source) {
    plan_.source = from;
    plan_.target = to;
    plan_.request = request;
    plan_.sourceLayout = source.layout;
    for (const table::Finding& finding : source.layout.findings) {
      if (finding.severity != table::Severity::Fatal) {
        plan_.warnings.push_back(fmt::format("{}: {}.", from.path, finding.text));
      }
    }
  }

  Plan run() {
    sectorSize_ = otherSectorSize(source_, plan_.source, plan_.target, request());
    if (request().newIds) checkNewIds();
    if (const Volume* volume = onlyVolume()) {
      if (request().newIds) refuseNewIds("without a table of its own, a volume is copied as it is");
      planVolume(*volume);
    } else if (asItStands()) {
      if (request().newIds) refuseNewIds("the disk can only be copied as it stands");
      planAsItStands();
    } else {
      planTable();
    }
    finish();
    return std::move(plan_);
  }

 private:
  const Request& request() const { return plan_.request; }

  [[noreturn]] void refuseNewIds(const char* why) const {
    throw Error(ErrorKind::Usage, "--new-ids", fmt::format("cannot be had here: {}", why),
                "leave it out, and never start a machine with both original and copy");
  }

  void checkNewIds() const {
    // What a filesystem does not use is not copied when its tools have worked on it.
    if (request().allSectors) refuseNewIds("all sectors are to be what they are (--all-sectors)");
    if (request().access != Access::AtRandom) {
      refuseNewIds("the source is a stream or damaged, and cannot be looked into beforehand");
    }
  }

  // Something that cannot be taken apart: the disk is one string of bytes.
  bool asItStands() const {
    return !source_.wholeDiskMark.empty() || (source_.layout.isFatal() && request().allSectors);
  }

  // The one volume that is copied without a table, or null when a table is to be written.
  const Volume* onlyVolume() const {
    const bool bare = source_.layout.kind == table::TableKind::None;
    if (bare && !request().partitions.empty()) {
      throw Error(ErrorKind::Usage, plan_.source.path, "has no partition table",
                  "leave out --partitions");
    }
    if (bare) return &source_.volumes.front();
    if (plan_.target.kind != EndpointKind::Partition) return nullptr;
    if (request().partitions.size() != 1) {
      throw Error(
          ErrorKind::Usage, plan_.target.path,
          "is a partition, and the source is a disk with a partition table",
          "name one partition of the source with --partitions N, or a whole disk as target");
    }
    checkTable();
    const std::uint32_t number = *request().partitions.begin();
    table::withOnly(source_.layout, {number});  // for its errors
    return source_.find(number);
  }

  void checkTable() const {
    for (const table::Finding& finding : source_.layout.findings) {
      if (finding.severity == table::Severity::Fatal) {
        throw Error(ErrorKind::Invalid, plan_.source.path, finding.text,
                    "repair the partition table, or copy the disk as it stands with --all-sectors");
      }
    }
  }

  void planVolume(const Volume& volume) {
    Region region = regionOf(volume, request(), plan_.target.size, plan_.warnings);
    region.target = 0;
    std::uint64_t needed = volume.bytes.length;
    if (region.how == How::Used && needed > plan_.target.size) {
      needed = std::max(volume.fs->info().size,
                        region.extents.empty()
                            ? 0
                            : region.extents.extents().back().end() - region.source.offset);
    }
    if (needed > plan_.target.size) refuseTooSmall(plan_.target, needed);
    if (volume.partition == 0 && plan_.target.kind == EndpointKind::Partition &&
        plan_.source.kind == EndpointKind::Disk) {
      plan_.warnings.push_back(fmt::format(
          "{} is a whole disk without a partition table; it is copied into the partition {}.",
          plan_.source.path, plan_.target.path));
    }
    const std::uint64_t size = std::min(volume.bytes.length, plan_.target.size);
    plan_.last = signatureAreas(volume, size);
    plan_.regions.push_back(std::move(region));
    addWipe(signatureAreas(volume, plan_.target.size));
  }

  void planAsItStands() {
    if (!request().partitions.empty() || plan_.target.kind == EndpointKind::Partition) {
      throw Error(ErrorKind::Refused, plan_.source.path,
                  source_.wholeDiskMark.empty()
                      ? "its partition table contradicts itself"
                      : fmt::format("the whole disk is marked as {}", source_.wholeDiskMark),
                  "it can only be copied as a whole, onto a whole disk");
    }
    Volume whole;
    whole.bytes = {0, source_.disk->size()};
    whole.reader = source_.disk;
    whole.type = source_.wholeDiskMark;
    whole.doubt = source_.wholeDiskMark.empty()
                      ? "its partition table contradicts itself"
                      : fmt::format("the whole disk is marked as {}, beside its partition table",
                                    source_.wholeDiskMark);
    Request copyAll = request();
    copyAll.allSectors = false;  // so that the warning is given
    Region region = regionOf(whole, copyAll, plan_.target.size, plan_.warnings);
    if (whole.bytes.length > plan_.target.size) refuseTooSmall(plan_.target, whole.bytes.length);
    plan_.regions.push_back(std::move(region));
    plan_.last = signatureAreas(whole, whole.bytes.length);
    addWipe(unite(plan_.last, signatureAreas(whole, plan_.target.size)));
  }

  void planTable() {
    checkTable();
    table::Layout selected = request().partitions.empty()
                                 ? source_.layout
                                 : table::withOnly(source_.layout, request().partitions);
    if (sectorSize_ != 0) selected = table::withSectorSize(selected, sectorSize_);
    plan_.targetLayout = fittedLayout(source_, selected, plan_.target, request(), plan_.warnings);
    if (request().newIds) {
      plan_.targetLayout = request().newIds->inTable(plan_.targetLayout);
      plan_.warnings.insert(plan_.warnings.end(), request().newIds->kept.begin(),
                            request().newIds->kept.end());
    }
    plan_.table = table::encode(plan_.targetLayout);
    addGap();
    ExtentSet marks{{0, kEdge}};
    if (plan_.target.size > kEdge) marks.add({plan_.target.size - kEdge, kEdge});
    for (const table::Partition& partition : selected.partitions) {
      const Volume* volume = source_.find(partition.number);
      if (!volume) continue;
      const Extent place = plan_.targetLayout.bytesOf(*plan_.targetLayout.find(partition.number));
      Region region = regionOf(*volume, request(), place.length, plan_.warnings);
      region.target = place.offset;
      if (isReshaped(*volume, place.length) || isElsewhere(*volume, place.length)) {
        reshapeRegion(region, *volume, place.length);
      }
      addEdits(region, *volume);
      if (request().newIds && region.how == How::Used) {
        region.newUuid = request().newIds->uuidFor(volume->partition);
        if (!region.newUuid.empty()) region.zeroes = {};
      }
      if (place.offset != volume->bytes.offset) followMove(region, *volume, place.offset);
      marks = unite(marks, signatureAreas(*volume, place.length).shiftedUp(region.target));
      plan_.regions.push_back(std::move(region));
    }
    if (request().allSectors && request().partitions.empty()) addRest();
    addWipe(unite(marks, table::tableExtents(plan_.targetLayout)));
  }

  void addEdits(Region& region, const Volume& volume) {
    const auto found = request().edits.find(volume.partition);
    if (found == request().edits.end()) return;
    // Whoever changes files goes by the filesystem's map afterwards, and this one cannot be
    // trusted.
    if (region.how == How::All) {
      plan_.warnings.push_back(
          fmt::format("{}: its files are not changed in the copy, since it is copied whole: {}.",
                      volumeName(volume), region.why));
      return;
    }
    region.edits = found->second;
    region.zeroes = {};
    for (const FileEdit& edit : region.edits) {
      if (edit.isNew) {
        plan_.warnings.push_back(fmt::format("{}: {} is missing, and {} in the copy.",
                                             volumeName(volume), edit.path, edit.what));
        continue;
      }
      plan_.warnings.push_back(fmt::format("{}: {} is changed in the copy: {}.", volumeName(volume),
                                           edit.path, edit.what));
    }
  }

  void followMove(Region& region, const Volume& volume, std::uint64_t to) {
    if (!volume.fs) return;
    // What has not come yet will be looked at when it has been copied.
    const bool follows = request().access == Access::AtRandom
                             ? !volume.fs->whenMoved(volume.bytes.offset, to).empty()
                             : fs::hasHiddenSectors(volume.fs->info().type);
    if (!follows) return;
    region.bootSectorFollows = request().access != Access::Damaged;
    plan_.warnings.push_back(fmt::format(
        "{}: moves, and its boot sector in the copy {} (hidden sectors).", volumeName(volume),
        region.bootSectorFollows
            ? "says so"
            : "is left alone, since parts of the source are missing: it may not start"));
  }

  // It has another size on a disk that exists: whatever it is, that is how it stands there.
  bool isElsewhere(const Volume& volume, std::uint64_t size) const {
    return !request().places.empty() && size != volume.bytes.length;
  }

  // What is zeroed in the end is known when the filesystem has its new size.
  void reshapeRegion(Region& region, const Volume& volume, std::uint64_t size) {
    region.resizedTo = size;
    region.zeroes = {};
    if (!request().places.empty()) return;
    plan_.warnings.push_back(fmt::format("{}: is brought from {} to {} in the copy.{}",
                                         volumeName(volume), formatSize(volume.bytes.length),
                                         formatSize(size), reshapeNote(volume, size)));
  }

  // Where the first partition begins, in bytes; 0 without partitions.
  std::uint64_t firstPartition() const {
    std::uint64_t first = 0;
    for (const table::Partition& partition : source_.layout.partitions) {
      const std::uint64_t at = source_.layout.bytesOf(partition).offset;
      first = first == 0 ? at : std::min(first, at);
    }
    return first;
  }

  // GRUB's core image behind an MBR, boot loaders of small boards: nothing names them, so all of
  // it.
  void addGap() {
    if (sectorSize_ != 0) {
      plan_.warnings.push_back(fmt::format(
          "{}: has sectors of {} bytes: the table is converted, and a boot loader in front of the "
          "first partition, made for sectors of {}, is left out.",
          plan_.target.path, sectorSize_, source_.layout.sectorSize));
      return;
    }
    const std::uint64_t sector = source_.layout.sectorSize;
    std::uint64_t end = firstPartition();
    if (end == 0) end = kEdge;
    if (end > kLargestGap) {
      plan_.warnings.push_back(
          fmt::format("{}: of the {} before its first partition only the first {} are copied.",
                      plan_.source.path, formatSize(end), formatSize(kLargestGap)));
      end = kLargestGap;
    }
    end = std::min({end, source_.disk->size(), plan_.target.size});
    if (end <= sector) return;
    addOutside({sector, end - sector}, "space before the first partition (boot loader)");
  }

  // With all sectors asked for: what is in no partition either.
  void addRest() {
    const std::uint64_t end = std::min(source_.disk->size(), plan_.target.size);
    if (end < source_.disk->size()) {
      plan_.warnings.push_back(
          fmt::format("{}: what lies outside partitions beyond {} is left out.", plan_.source.path,
                      formatSize(end)));
    }
    ExtentSet free{{0, end}};
    for (const Region& region : plan_.regions) free = subtract(free, {region.source});
    for (const Extent& extent : free) addOutside(extent, "space outside partitions");
  }

  void addOutside(Extent within, const char* what) {
    const ExtentSet tables =
        unite(table::tableExtents(source_.layout), table::tableExtents(plan_.targetLayout));
    const ExtentSet extents = subtract({within}, tables);
    if (extents.empty()) return;
    Region region;
    region.what = what;
    region.how = How::All;
    region.source = {extents.extents().front().offset, 0};
    region.source.length = extents.extents().back().end() - region.source.offset;
    region.target = region.source.offset;
    region.extents = extents;
    plan_.regions.push_back(std::move(region));
  }

  void addWipe(ExtentSet areas) {
    if (plan_.target.isNew) return;  // nothing can be left over in a new file
    if (plan_.target.oldLayout.kind != table::TableKind::None) {
      areas = unite(areas, table::tableExtents(plan_.target.oldLayout));
    }
    for (const Region& region : plan_.regions) {
      areas =
          unite(areas, region.zeroes.shiftedDown(region.source.offset).shiftedUp(region.target));
    }
    const std::uint32_t unit = std::max<std::uint32_t>(plan_.target.sectorSize, 512);
    plan_.wipe = areas.aligned(unit, plan_.target.size).clipped({0, plan_.target.size});
  }

  void finish() {
    std::sort(plan_.regions.begin(), plan_.regions.end(),
              [](const Region& a, const Region& b) { return a.source.offset < b.source.offset; });
    for (const Region& region : plan_.regions) plan_.bytesToRead += region.extents.bytes();
    plan_.bytesToWrite = plan_.bytesToRead;
    for (const table::TableBlock& block : plan_.table) plan_.bytesToWrite += block.bytes.size();
    plan_.id = planId(plan_);
  }

  const Survey& source_;
  std::uint32_t sectorSize_ = 0;  // of the target, when it is not the source's
  Plan plan_;
};

}  // namespace

Plan planClone(const Survey& source, const Endpoint& from, const Target& to,
               const Request& request) {
  return Planner(source, from, to, request).run();
}

}  // namespace disktwin::plan
