// NTFS as one of the filesystems that can be cloned.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "clone/fs/filesystem.h"
#include "clone/fs/hidden_sectors.h"
#include "clone/fs/ntfs/bitmap.h"
#include "clone/fs/ntfs/condition.h"
#include "clone/fs/ntfs/damage.h"
#include "clone/fs/ntfs/mft.h"
#include "clone/fs/ntfs/page_files.h"
#include "clone/fs/ntfs/used_map.h"
#include "clone/fs/ntfs/utf8.h"

namespace disktwin::fs::ntfs {

namespace {

constexpr std::uint64_t kLargestLabel = 256;  // bytes; Windows allows 32 characters

class Volume final : public FileSystem {
 public:
  Volume(ReaderPtr volume, const BootSector& boot);

  const VolumeInfo& info() const override { return info_; }
  UsedMap used() const override;
  ExtentSet signatures() const override { return signatures_; }
  ExtentSet pageFiles() const override;
  std::vector<Patch> whenMoved(std::uint64_t from, std::uint64_t to) const override {
    // Windows keeps the copy behind the volume's last sector; ntfsresize at the end of the
    // partition.
    return moveHiddenSectors(*volume_, geometry_.sectorSize,
                             {geometry_.bytes(), volume_->size() - geometry_.sectorSize}, from, to);
  }

 private:
  void describe();
  // Returns the volume flags.
  std::uint16_t describeVolumeRecord();
  void describeEnd();
  void describeBadClusters();

  ReaderPtr volume_;
  VolumeInfo info_;
  ExtentSet signatures_;
  Geometry geometry_;
  std::optional<Mft> mft_;
  std::optional<Stream> bitmap_;
  bool askEveryFile_ = true;
  std::string whyWhole_;
};

Volume::Volume(ReaderPtr volume, const BootSector& boot) : volume_(std::move(volume)) {
  info_.type = "ntfs";
  info_.uuid = fmt::format("{:016X}", boot.serial.value());
  info_.size = info_.used = volume_->size();
  signatures_.add({0, sizeof boot});
  try {
    geometry_ = geometryOf(boot, volume_->size());
    describe();
  } catch (const Damage& damage) {
    whyWhole_ = damage.why;
    info_.notes.push_back(fmt::format("It is damaged: {}.", damage.why));
  }
}

void Volume::describe() {
  info_.blockSize = geometry_.clusterSize;
  signatures_ = bootSectors(*volume_, geometry_);
  describeEnd();
  mft_.emplace(*volume_, geometry_);
  Condition condition = examine(*mft_, describeVolumeRecord());
  info_.state = condition.state;
  askEveryFile_ = condition.askEveryFile;
  whyWhole_ = std::move(condition.whyWhole);
  info_.notes.insert(info_.notes.end(), condition.notes.begin(), condition.notes.end());
  bitmap_ = mft_->get(kBitmapRecord, AttributeType::Data);
  info_.used = countUsed(*bitmap_, geometry_.clusters) * geometry_.clusterSize;
  describeBadClusters();
}

void Volume::describeEnd() {
  const Extent backup{geometry_.bytes(), geometry_.sectorSize};
  const bool fits = extentFits(backup.offset, backup.length, volume_->size());
  info_.size = fits ? backup.end() : geometry_.bytes();
  if (signatures_.size() < 2) {
    info_.notes.emplace_back(
        "There is no backup boot sector at its end; Windows starts without it, but could not "
        "repair a "
        "damaged boot sector.");
  }
  if (volume_->size() - info_.size >= geometry_.clusterSize) {
    info_.notes.push_back(
        fmt::format("The partition is {} bytes larger than the filesystem in it, which was not "
                    "enlarged with it.",
                    volume_->size() - info_.size));
  }
}

std::uint16_t Volume::describeVolumeRecord() {
  const Stream stream = mft_->get(kVolumeRecord, AttributeType::VolumeInformation);
  VolumeInformation information{};
  if (stream.size() < sizeof information) throw Damage{"$VOLUME_INFORMATION is too short"};
  stream.read(0, std::as_writable_bytes(std::span(&information, 1)));
  info_.notes.push_back(fmt::format("NTFS version {}.{}.", information.major, information.minor));
  const auto name = mft_->find(kVolumeRecord, AttributeType::VolumeName);
  if (name && name->size() <= kLargestLabel) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(name->size()));
    name->read(0, bytes);
    info_.label = utf8From(utf16At(bytes, 0, bytes.size() / 2));
  }
  return information.flags;
}

void Volume::describeBadClusters() {
  // "$BadClus": a stream as large as the volume, with holes wherever the medium is sound.
  const auto bad = mft_->find(kBadClustersRecord, AttributeType::Data, u"$Bad");
  if (!bad) return;
  std::uint64_t bytes = 0;
  for (const Extent& extent : bad->extents()) bytes += extent.length;
  if (bytes != 0) {
    info_.notes.push_back(
        fmt::format("{} bytes are recorded as bad sectors of the medium: reading them may fail, "
                    "and they hold no "
                    "files.",
                    bytes));
  }
}

UsedMap Volume::used() const {
  if (!whyWhole_.empty()) return UsedMap::whole(*volume_, whyWhole_);
  try {
    return {usedExtents(*mft_, *bitmap_, askEveryFile_), {}};
  } catch (const Damage& damage) {
    return UsedMap::whole(*volume_, damage.why);
  }
}

ExtentSet Volume::pageFiles() const {
  // Metadata that are not in their place yet may give the clusters to somebody else; and a sleeping
  // Windows wants its memory back, of which the page file is a part.
  if (!whyWhole_.empty() || !mft_ || !bitmap_) return {};
  return findPageFiles(*mft_, *bitmap_, signatures_);
}

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  if (volume->size() < sizeof(BootSector)) return nullptr;
  const auto boot = readStruct<BootSector>(*volume, 0);
  if (!bearsSignature(boot)) return nullptr;
  return std::make_unique<Volume>(std::move(volume), boot);
}

}  // namespace disktwin::fs::ntfs
