// The disk inside an image, as the planner wants to see a disk.
#include <filesystem>
#include <system_error>
#include <utility>

#include "clone/fs/registry.h"
#include "clone/io/window.h"
#include "image/read/catalog.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

// The filesystem of a volume as it was when it was captured: what the readers said then is taken
// for granted, so that a restore needs nothing but what comes before the data.
class Recorded final : public fs::FileSystem {
 public:
  Recorded(ReaderPtr volume, const VolumeRecord& record, const VolumeMap& map)
      : volume_(std::move(volume)), info_(*record.filesystem), begins_(record.bytes.offset) {
    used_ = map.captured.shiftedDown(begins_);
    zeroes_ = unite(map.zeroed, map.leftOut).shiftedDown(begins_);
    signatures_ = map.signatures.shiftedDown(begins_);
  }

  const fs::VolumeInfo& info() const override { return info_; }
  ExtentSet signatures() const override { return signatures_; }

  fs::UsedMap used() const override {
    // What lies behind the filesystem is added by the planner, where there is room for it.
    const std::uint64_t sector = 4 * KiB;
    const std::uint64_t end = roundUp(info_.size, sector);
    return {used_.clipped({0, end}), {}, zeroes_};
  }

  // Only while what lies inside is what was found then.
  Inside inside(std::size_t index) const override {
    const fs::Recognised now = fs::recognise(volume_);
    if (!now.fs || index >= info_.inner.size() || index >= now.fs->info().inner.size() ||
        now.fs->info().inner[index].name != info_.inner[index].name) {
      return {};
    }
    return now.fs->inside(index);
  }

  std::vector<fs::Patch> whenMoved(std::uint64_t from, std::uint64_t to) const override {
    const fs::Recognised now = fs::recognise(volume_);
    return now.fs ? now.fs->whenMoved(from, to) : std::vector<fs::Patch>{};
  }

  ExtentSet pageFiles() const override {
    const fs::Recognised now = fs::recognise(volume_);
    return now.fs ? now.fs->pageFiles() : ExtentSet{};
  }

 private:
  ReaderPtr volume_;
  fs::VolumeInfo info_;
  std::uint64_t begins_;
  ExtentSet used_;
  ExtentSet zeroes_;
  ExtentSet signatures_;
};

// The blocks of a table at their places, zeroes everywhere else.
class TableOnly final : public BlockReader {
 public:
  TableOnly(const Catalog& catalog, std::uint32_t sector) : catalog_(catalog), sector_(sector) {}
  std::string name() const override { return catalog_.name; }
  std::uint64_t size() const override { return catalog_.info.diskSize; }
  std::uint32_t sectorSize() const override { return sector_; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    std::fill(out.begin(), out.end(), std::byte{0});
    for (const table::TableBlock& block : catalog_.table) {
      const Extent part = intersection({block.offset, block.bytes.size()}, {offset, out.size()});
      if (part.empty()) continue;
      std::copy_n(block.bytes.begin() + static_cast<std::ptrdiff_t>(part.offset - block.offset),
                  part.length, out.begin() + static_cast<std::ptrdiff_t>(part.offset - offset));
    }
  }

 private:
  const Catalog& catalog_;
  std::uint32_t sector_;
};

table::Layout layoutOf(const Catalog& catalog) {
  if (catalog.info.table == table::TableKind::None) return {};
  const std::uint32_t sector = catalog.info.sectorSize == 0 ? 512 : catalog.info.sectorSize;
  table::Layout layout = table::parse(TableOnly(catalog, sector));
  if (layout.kind != catalog.info.table || layout.isFatal()) {
    throw Error(ErrorKind::Invalid, catalog.name,
                "its partition table is not what INFO says: it contradicts itself");
  }
  return layout;
}

plan::Volume volumeOf(const Catalog& catalog, std::size_t index, const table::Layout& layout,
                      const ReaderPtr& disk) {
  const VolumeRecord& record = catalog.info.volumes[index];
  plan::Volume volume;
  volume.partition = record.partition;
  volume.bytes = record.bytes;
  volume.type = record.type;
  volume.label = record.label;
  volume.uuid = record.uuid;
  volume.ambiguous = record.ambiguous;
  volume.opaque = record.opaque;
  volume.role = record.role;
  volume.roleWhy = record.roleWhy;
  volume.doubt = record.wholeBecause;
  if (const table::Partition* partition = layout.find(record.partition)) {
    volume.kind = plan::partitionType(layout.kind, *partition);
    if (layout.bytesOf(*partition) != record.bytes || partition->isContainer()) {
      throw Error(ErrorKind::Invalid, catalog.name, "INFO and the partition table differ");
    }
  } else if (record.partition != 0) {
    throw Error(ErrorKind::Invalid, catalog.name, "INFO names a partition that the table has not");
  }
  volume.reader = std::make_shared<Window>(disk, record.bytes);
  if (record.filesystem) {
    volume.fs = std::make_shared<Recorded>(volume.reader, record, catalog.maps[index]);
  } else if (volume.doubt.empty()) {
    volume.doubt = "nothing known was found on it";
  }
  return volume;
}

}  // namespace

plan::Survey surveyOf(const Catalog& catalog, const ReaderPtr& disk) {
  plan::Survey out;
  out.disk = disk;
  out.layout = layoutOf(catalog);
  for (std::size_t i = 0; i < catalog.info.volumes.size(); ++i) {
    out.volumes.push_back(volumeOf(catalog, i, out.layout, disk));
  }
  const bool bare = out.layout.kind == table::TableKind::None;
  if (bare && (out.volumes.size() != 1 || out.volumes.front().bytes != Extent{0, disk->size()})) {
    throw Error(ErrorKind::Invalid, catalog.name, "INFO does not say what fills the disk");
  }
  return out;
}

plan::Endpoint endpointOf(const Catalog& catalog, const std::string& path) {
  plan::Endpoint out;
  out.kind = plan::EndpointKind::File;
  out.path = path;
  std::error_code failed;
  const auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(path), failed);
  // The image is known by its id wherever it lies.
  out.realPath = (path == "-" || failed ? path : real.string());
  out.serial = toString(catalog.head.id);
  out.size = catalog.info.diskSize;
  out.sectorSize = catalog.info.sectorSize;
  return out;
}

}  // namespace disktwin::image
