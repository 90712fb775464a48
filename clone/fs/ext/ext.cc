// ext2, ext3 and ext4, and the journals that they keep on other devices.
#include <memory>
#include <utility>

#include "clone/fs/ext/geometry.h"
#include "clone/fs/ext/info.h"
#include "clone/fs/ext/unproven.h"
#include "clone/fs/ext/used_map.h"
#include "clone/fs/filesystem.h"

namespace disktwin::fs::ext {
namespace {

class Ext final : public FileSystem {
 public:
  Ext(ReaderPtr reader, const Super& super)
      : reader_(std::move(reader)), super_(super), info_(describe(*reader_, super_)) {}

  const VolumeInfo& info() const override { return info_; }

  UsedMap used() const override {
    try {
      return usedMap(*reader_, super_);
    } catch (const Unproven& unproven) {
      return UsedMap::whole(*reader_, unproven.why);
    }
  }

  ExtentSet signatures() const override {
    ExtentSet out{{kSuperOffset, kSuperSize}};
    if ((super_.incompat & kJournalDevice) != 0) return out;
    try {
      const Geometry g = Geometry::of(super_);
      for (std::uint64_t group = 1; group < g.groups; ++group) {
        const std::uint64_t offset = g.groupStart(group) * g.blockSize;
        if (!extentFits(offset, kSuperSize, reader_->size())) break;
        if (g.hasSuper(group)) out.add({offset, kSuperSize});
      }
    } catch (const Unproven&) {
      // Where the copies lie cannot be known; the first one is what tools look at.
    }
    return out;
  }

 private:
  ReaderPtr reader_;
  Super super_;
  VolumeInfo info_;
};

}  // namespace

std::unique_ptr<FileSystem> open(ReaderPtr volume) {
  if (!extentFits(kSuperOffset, kSuperSize, volume->size())) return nullptr;
  const auto super = readStruct<Super>(*volume, kSuperOffset);
  if (super.magic != kSuperMagic) return nullptr;
  return std::make_unique<Ext>(std::move(volume), super);
}

}  // namespace disktwin::fs::ext
