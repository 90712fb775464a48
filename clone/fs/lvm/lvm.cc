// A physical volume of LVM2. Of its logical volumes only what their filesystems use is copied,
// where that can be known; free extents are not.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "clone/fs/filesystem.h"
#include "clone/fs/lvm/inner.h"
#include "clone/fs/lvm/label.h"
#include "clone/fs/lvm/ondisk.h"
#include "clone/fs/lvm/physical_volume.h"
#include "clone/fs/lvm/used_map.h"
#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

// Of more than anybody has, the rest is copied whole: looking into each takes some reads.
constexpr std::size_t kMostLookedInto = 4096;

std::uint32_t blockSizeOf(const Contents& contents) {
  if (!contents.layout) return kSector;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(contents.layout->extentBytes, std::uint64_t{1} << 31));
}

class PhysicalVolumeReader final : public FileSystem {
 public:
  PhysicalVolumeReader(ReaderPtr volume, Label label)
      : volume_(std::move(volume)),
        label_(std::move(label)),
        contents_(readContents(*volume_, label_)) {
    if (contents_.layout) lookAtAll(*contents_.layout);
    describe();
  }

  const VolumeInfo& info() const override { return info_; }

  Inside inside(std::size_t index) const override {
    if (index >= listed_.size()) return {};
    const Part& part = parts_[listed_[index]];
    return {part.reader, part.fs};
  }

  UsedMap used() const override {
    if (!contents_.problem.empty()) return UsedMap::whole(*volume_, contents_.problem);
    return usedMap(contents_.areas, parts_);
  }

  ExtentSet signatures() const override {
    ExtentSet out{{0, kLabelSectors * kSector}};
    for (const Extent& area : label_.metadataAreas) out.add({area.offset, kSector});
    return out.clipped({0, volume_->size()});
  }

  ExtentSet pageFiles() const override {
    return contents_.problem.empty() ? pageFilesOf(parts_) : ExtentSet{};
  }

 private:
  void lookAtAll(Layout& layout) {
    std::size_t looked = 0;
    for (Placed& placed : layout.volumes) {
      Part part;
      part.name = printable(layout.group + "/" + placed.name);
      part.here = placed.here;
      InnerVolume inner{
          layout.group + "/" + placed.name, placed.kind, placed.size, {}, placed.whyWhole};
      if (placed.whyWhole.empty() && !placed.here.empty()) {
        if (++looked > kMostLookedInto) {
          inner.whyWhole = "there are too many logical volumes to look into all of them";
        } else {
          lookInside(placed, part, inner);
        }
      }
      used_ += totalOf(placed.here);
      if (placed.isListed) {
        info_.inner.push_back(std::move(inner));
        listed_.push_back(parts_.size());
      }
      parts_.push_back(std::move(part));
    }
  }

  void lookInside(Placed& placed, Part& part, InnerVolume& inner) const {
    part.reader = std::make_shared<MappedReader>(volume_, Mapping(std::move(placed.runs)),
                                                 "logical volume " + inner.name);
    Inner found = lookInto(part.reader);
    inner.content = std::move(found.content);
    inner.whyWhole = std::move(found.whyWhole);
    part.fs = std::move(found.fs);
  }

  static std::uint64_t totalOf(const std::vector<Extent>& extents) {
    std::uint64_t out = 0;
    for (const Extent& extent : extents) out += extent.length;
    return out;
  }

  void describe() {
    info_.type = "LVM2_member";
    info_.uuid = label_.uuid;
    info_.blockSize = blockSizeOf(contents_);
    info_.size = label_.deviceSize;
    if (contents_.layout && contents_.layout->deviceSize != 0) {
      info_.size = contents_.layout->deviceSize;
    }
    info_.used = std::min(label_.dataStart, volume_->size()) + used_;
    info_.notes = contents_.notes;
    info_.state = contents_.problem.empty() ? VolumeState::Clean : VolumeState::Unknown;
    if (info_.size > volume_->size()) {
      info_.notes.push_back(
          fmt::format("It was made for {} bytes, but there are only {}: LVM will warn of that.",
                      info_.size, volume_->size()));
    }
  }

  ReaderPtr volume_;
  Label label_;
  Contents contents_;
  std::vector<Part> parts_;
  std::vector<std::size_t> listed_;  // of each of info_.inner its place in parts_
  std::uint64_t used_ = 0;           // bytes of allocated extents
  VolumeInfo info_;
};

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  std::optional<Label> label = readLabel(*volume);
  if (!label) return nullptr;
  return std::make_unique<PhysicalVolumeReader>(std::move(volume), std::move(*label));
}

}  // namespace disktwin::fs::lvm
