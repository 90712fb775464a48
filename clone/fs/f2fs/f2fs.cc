// F2FS as one of the filesystems that can be cloned.
#include <memory>
#include <utility>

#include "clone/fs/f2fs/info.h"
#include "clone/fs/f2fs/super.h"
#include "clone/fs/f2fs/unproven.h"
#include "clone/fs/f2fs/used_map.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::f2fs {
namespace {

class F2fs final : public FileSystem {
 public:
  F2fs(ReaderPtr volume, const Supers& supers)
      : volume_(std::move(volume)), supers_(supers), info_(describe(*volume_, supers_)) {}

  const VolumeInfo& info() const override { return info_; }

  UsedMap used() const override {
    try {
      return usedMap(*volume_, supers_);
    } catch (const Unproven& unproven) {
      return UsedMap::whole(*volume_, unproven.why);
    }
  }

  ExtentSet signatures() const override {
    return ExtentSet{{kSuperOffset, sizeof(Super)}, {kBackupSuperOffset, sizeof(Super)}}.clipped(
        {0, volume_->size()});
  }

 private:
  ReaderPtr volume_;
  Supers supers_;
  VolumeInfo info_;
};

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  const auto supers = findSuper(*volume);
  if (!supers) return nullptr;
  return std::make_unique<F2fs>(std::move(volume), *supers);
}

}  // namespace disktwin::fs::f2fs
