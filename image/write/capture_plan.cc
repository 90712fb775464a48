#include "image/write/capture_plan.h"

#include <fmt/format.h>

#include <utility>

#include "clone/plan/regions.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

ExtentSet common(const ExtentSet& a, const ExtentSet& b) {
  return subtract(a, subtract(a, b));
}

const plan::Volume* volumeOf(const plan::Survey& survey, const plan::Region& region) {
  for (const plan::Volume& volume : survey.volumes) {
    if (volume.partition == region.partition && volume.bytes == region.source) return &volume;
  }
  return nullptr;
}

// What is left out of a region, and taken from its extents. A map that cannot be trusted does not
// tell for sure what belongs to a page file.
ExtentSet leaveOut(const plan::Volume& volume, plan::Region& region,
                   std::vector<std::string>& warnings) {
  if (!volume.fs) return {};
  const ExtentSet files = volume.fs->pageFiles().shiftedUp(volume.bytes.offset);
  if (files.empty()) return {};
  if (region.how == plan::How::All && volume.role != plan::Role::Swap) {
    warnings.push_back(
        fmt::format("{}: its page files are not left out, because it is copied whole.",
                    plan::volumeName(volume)));
    return {};
  }
  ExtentSet out = common(region.extents, files);
  region.extents = subtract(region.extents, out);
  return out;
}

VolumeRecord recordOf(const plan::Volume& volume, const plan::Region& region, bool allSectors) {
  VolumeRecord out;
  out.partition = volume.partition;
  out.bytes = volume.bytes;
  out.type = volume.type;
  out.label = volume.label;
  out.uuid = volume.uuid;
  out.ambiguous = volume.ambiguous;
  out.opaque = volume.opaque;
  out.role = volume.role;
  out.roleWhy = volume.roleWhy;
  if (volume.fs) out.filesystem = volume.fs->info();
  if (region.how == plan::How::All) {
    out.wholeBecause = !volume.doubt.empty() ? volume.doubt : allSectors ? "" : region.why;
  }
  return out;
}

VolumeMap mapOf(const plan::Volume& volume, const plan::Region& region) {
  VolumeMap map;
  map.captured = region.extents;
  map.zeroed = region.zeroes;
  if (volume.fs) {
    map.signatures =
        volume.fs->signatures().clipped({0, volume.bytes.length}).shiftedUp(volume.bytes.offset);
  }
  return map;
}

class CapturePlanner {
 public:
  CapturePlanner(const plan::Survey& survey, const plan::Endpoint& source,
                 const CaptureRequest& request)
      : survey_(survey), source_(source), request_(request) {}

  CapturePlan run() {
    plan::Target inside;
    static_cast<plan::Endpoint&>(inside) = source_;
    inside.kind = plan::EndpointKind::Disk;
    inside.isNew = true;
    out_.plan = plan::planClone(survey_, source_, inside, request_.what);
    // Nothing is recognised before it is finished anyway.
    out_.plan.last = {};
    for (plan::Region& region : out_.plan.regions) addRegion(region);
    out_.plan.bytesToRead -= out_.leftOut;
    out_.plan.bytesToWrite -= out_.leftOut;
    out_.plan.id = plan::planId(out_.plan);
    describe();
    return std::move(out_);
  }

 private:
  void addRegion(plan::Region& region) {
    const plan::Volume* volume = volumeOf(survey_, region);
    Preface& preface = out_.preface;
    if (volume) {
      ExtentSet left =
          request_.excludePageFiles ? leaveOut(*volume, region, out_.plan.warnings) : ExtentSet{};
      // Of an image: what was left out of that is not in this one either.
      preface.info.volumes.push_back(recordOf(*volume, region, request_.what.allSectors));
      preface.maps.push_back(mapOf(*volume, region));
      out_.leftOut += left.bytes();
      preface.maps.back().leftOut = std::move(left);
    } else if (region.partition == 0 && region.source.length == survey_.disk->size()) {
      // A disk that cannot be taken apart.
      VolumeRecord whole;
      whole.bytes = region.source;
      whole.type = survey_.wholeDiskMark;
      whole.wholeBecause = region.why.empty() ? "it cannot be taken apart" : region.why;
      preface.info.volumes.push_back(std::move(whole));
      preface.maps.push_back({region.extents, {}, {}, {}});
    } else {
      preface.outside.captured = unite(preface.outside.captured, region.extents);
    }
  }

  void describe() {
    Info& info = out_.preface.info;
    info.diskSize = source_.size;
    info.sectorSize = source_.sectorSize;
    info.source = source_;
    info.allSectors = request_.what.allSectors;
    info.partitions.assign(request_.what.partitions.begin(), request_.what.partitions.end());
    info.excludedPageFiles = request_.excludePageFiles;
    info.table = out_.plan.targetLayout.kind;
    info.capturedBytes = out_.plan.bytesToWrite;
    out_.preface.table = out_.plan.table;
  }

  const plan::Survey& survey_;
  const plan::Endpoint& source_;
  const CaptureRequest& request_;
  CapturePlan out_;
};

}  // namespace

CapturePlan planCapture(const plan::Survey& survey, const plan::Endpoint& source,
                        const CaptureRequest& request) {
  return CapturePlanner(survey, source, request).run();
}

}  // namespace disktwin::image
