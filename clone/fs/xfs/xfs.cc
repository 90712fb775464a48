// XFS, versions 4 and 5. What is in use is whatever its allocation groups do not list as free, once
// its log is known to be empty.
#include <memory>
#include <utility>

#include "clone/fs/filesystem.h"
#include "clone/fs/xfs/geometry.h"
#include "clone/fs/xfs/info.h"
#include "clone/fs/xfs/ondisk.h"
#include "clone/fs/xfs/unproven.h"
#include "clone/fs/xfs/used_map.h"

namespace disktwin::fs::xfs {
namespace {

class Xfs final : public FileSystem {
 public:
  Xfs(ReaderPtr volume, const Super& super)
      : volume_(std::move(volume)), super_(super), info_(describe(*volume_, super_)) {}

  const VolumeInfo& info() const override { return info_; }

  UsedMap used() const override {
    try {
      return usedMap(*volume_, super_);
    } catch (const Unproven& unproven) {
      return UsedMap::whole(*volume_, unproven.why);
    }
  }

  ExtentSet signatures() const override {
    try {
      const Geometry geometry = Geometry::of(super_, volume_->size());
      ExtentSet out;
      for (std::uint32_t group = 0; group < geometry.groupCount; ++group) {
        out.add({geometry.groupStart(group), geometry.sectorSize});
      }
      return out;
    } catch (const Unproven&) {
      // Where the copies lie cannot be known; the first one is what tools look at.
      return ExtentSet{{0, sizeof(Super)}};
    }
  }

 private:
  ReaderPtr volume_;
  Super super_;
  VolumeInfo info_;
};

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  if (volume->size() < sizeof(Super)) return nullptr;
  const auto super = readStruct<Super>(*volume, 0);
  if (super.magic != kSuperMagic) return nullptr;
  return std::make_unique<Xfs>(std::move(volume), super);
}

}  // namespace disktwin::fs::xfs
