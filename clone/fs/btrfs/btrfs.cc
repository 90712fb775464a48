// Btrfs, on one device or as a member of several.
#include <memory>
#include <utility>

#include "clone/fs/btrfs/info.h"
#include "clone/fs/btrfs/super.h"
#include "clone/fs/btrfs/unproven.h"
#include "clone/fs/btrfs/used_map.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::btrfs {
namespace {

class Btrfs final : public FileSystem {
 public:
  Btrfs(ReaderPtr reader, const Super& super)
      : reader_(std::move(reader)), super_(super), info_(describe(*reader_, super_)) {}

  const VolumeInfo& info() const override { return info_; }

  UsedMap used() const override {
    try {
      return usedMap(*reader_, super_);
    } catch (const Unproven& unproven) {
      return UsedMap::whole(*reader_, unproven.why);
    } catch (const Contradiction& contradiction) {
      return UsedMap::whole(*reader_, contradiction.why);
    }
  }

  ExtentSet signatures() const override { return superPlaces(reader_->size()); }

 private:
  ReaderPtr reader_;
  Super super_;
  VolumeInfo info_;
};

}  // namespace

// The kernel and libblkid look at the first superblock alone.
std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  if (!extentFits(kSuperOffset, kSuperSize, volume->size())) return nullptr;
  const auto super = readStruct<Super>(*volume, kSuperOffset);
  if (super.magic != kMagic) return nullptr;
  return std::make_unique<Btrfs>(std::move(volume), super);
}

}  // namespace disktwin::fs::btrfs
