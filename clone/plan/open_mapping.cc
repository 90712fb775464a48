#include "clone/plan/open_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "clone/fs/luks/luks.h"
#include "clone/fs/registry.h"
#include "clone/io/file_reader.h"
#include "platform/error.h"

namespace disktwin::plan {
namespace {

class OpenLuks final : public fs::FileSystem {
 public:
  OpenLuks(ReaderPtr volume, std::shared_ptr<const fs::FileSystem> outer, Extent data,
           const std::string& mapping, ReaderPtr plain,
           std::shared_ptr<const fs::FileSystem> inside)
      : volume_(std::move(volume)),
        outer_(std::move(outer)),
        data_(data),
        plain_(std::move(plain)),
        inside_(std::move(inside)),
        info_(outer_->info()) {
    info_.inner.push_back({mapping, "open mapping", data.length, inside_->info(), {}});
    info_.notes.clear();
    info_.warnings.push_back(fmt::format(
        "it is open as {}, so only the blocks that are in use in it are copied, in ciphertext. The "
        "copy shows how much is in use, and where; --all-sectors, or closing it first, keeps that "
        "secret.",
        mapping));
  }

  const fs::VolumeInfo& info() const override { return info_; }
  ExtentSet signatures() const override { return outer_->signatures(); }
  Inside inside(std::size_t index) const override {
    return index == 0 ? Inside{plain_, inside_} : Inside{};
  }

  fs::UsedMap used() const override {
    const fs::UsedMap map = inside_->used();
    if (!map.whyWhole.empty()) {
      fs::UsedMap all = outer_->used();
      all.remarks.push_back("all of its data is copied: " + map.whyWhole + ".");
      return all;
    }
    // What has to be zeroes inside is not zeroes out here: it is copied.
    const ExtentSet inside = unite(map.extents, map.zeroes).clipped({0, data_.length});
    return {unite({{0, data_.offset}}, inside.shiftedUp(data_.offset)), {}, {}, map.remarks};
  }

 private:
  ReaderPtr volume_;
  std::shared_ptr<const fs::FileSystem> outer_;
  Extent data_;
  ReaderPtr plain_;  // the mapping
  std::shared_ptr<const fs::FileSystem> inside_;
  fs::VolumeInfo info_;
};

std::string withoutDashes(std::string uuid) {
  std::erase(uuid, '-');
  return uuid;
}

// The mapping of dm-crypt that stands on the volume's node and nothing else.
const BlockDevice* mappingOf(const Volume& volume, const fs::luks::LuksData& data,
                             const DeviceTree& tree) {
  const std::string uuid = withoutDashes(data.uuid);
  for (const BlockDevice& device : tree.devices()) {
    if (!device.dmUuid.starts_with("CRYPT-LUKS") || device.slaves.size() != 1) continue;
    const BlockDevice* under = tree.byName(device.slaves.front());
    if (under && under->path == volume.device && device.size == data.extent.length &&
        device.dmUuid.find(uuid) != std::string::npos) {
      return &device;
    }
  }
  return nullptr;
}

void lookThrough(Volume& volume, const DeviceTree& tree) {
  const auto data = fs::luks::dataOf(*volume.reader);
  const BlockDevice* mapping = data ? mappingOf(volume, *data, tree) : nullptr;
  if (!mapping) return;
  File file = File::openRead(mapping->path);
  // What was written to the mapping has to be on the volume before that is read.
  file.flush();
  auto plain = std::make_shared<FileReader>(std::move(file));
  fs::Recognised found = fs::recognise(plain, "luks");
  if (!found.fs) return;
  volume.fs = std::make_shared<OpenLuks>(volume.reader, volume.fs, data->extent, mapping->dmName,
                                         plain, std::move(found.fs));
}

}  // namespace

void lookThroughOpenMappings(Survey& survey, const DeviceTree& tree) {
  for (Volume& volume : survey.volumes) {
    if (!volume.fs || volume.type != "crypto_LUKS" || volume.device.empty()) continue;
    try {
      lookThrough(volume, tree);
    } catch (const Error& error) {
      // It stays what it was: locked, as far as anybody here can tell.
      if (error.kind() == ErrorKind::Cancelled) throw;
    }
  }
}

}  // namespace disktwin::plan
