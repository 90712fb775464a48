// Btrfs: the kernel resizes it while it is mounted, which a copy on an overlay can be.
#include "clone/fs/btrfs/room.h"
#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/kernel_edit.h"
#include "platform/kernel_resize.h"

namespace disktwin::reshape {
namespace {

class BtrfsWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    std::string why = fs::btrfs::whyFixed(*volume);
    if (why.empty()) why = whyNotBeside("btrfs", info.uuid);
    return why.empty() ? Trial::whyNotMounted(volume, "btrfs") : why;
  }
  std::string whyNotGrow(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    return whyNotShrink(volume, info);
  }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo&) const override {
    return fs::btrfs::leastSize(*volume);
  }

  void resize(const std::string& file, const fs::VolumeInfo&, std::uint64_t size) const override {
    resizeByKernel(file, "btrfs", size);
  }

  std::string whyNotEdit(const ReaderPtr& volume, const fs::VolumeInfo& info,
                         const std::string& path, const std::string& before,
                         std::size_t size) const override {
    std::string why = fs::btrfs::whyNotAlone(*volume);
    if (why.empty()) why = whyNotBeside("btrfs", info.uuid);
    return why.empty() ? Trial::whyNotOverwritten(volume, "btrfs", path, before, size) : why;
  }
  void edit(const std::string& file, const fs::VolumeInfo&, const std::string& path,
            const std::string& before, const std::string& content) const override {
    overwriteByKernel(file, "btrfs", path, before, content);
  }

  std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo& info,
                          const std::string&) const override {
    std::string why = missing({"btrfstune"}, "btrfs-progs");
    if (why.empty()) why = fs::btrfs::whyNotAlone(*volume);
    if (!why.empty() || info.state == fs::VolumeState::Clean) return why;
    why = whyNotBeside("btrfs", info.uuid);
    return why.empty() ? Trial::whyNotMounted(volume, "btrfs") : why;
  }
  // All metadata are written anew, as they bear it. -M changes the superblock alone, but kernels
  // before 5.0 and other readers do not know what that makes, and it cannot be resized here. The
  // log of fsync would be left with the old one.
  void renew(const std::string& file, const fs::VolumeInfo& info,
             const std::string& uuid) const override {
    if (info.state != fs::VolumeState::Clean) tryToMount(file, "btrfs");
    runTool({"btrfstune", "-f", "-U", uuid, file}, {0});
  }

  std::string note(const fs::VolumeInfo& info, bool) const override {
    return info.state == fs::VolumeState::Clean ? "" : "its log of fsync is replayed in the copy.";
  }
};

}  // namespace

const Reshaper& btrfsWay() {
  static const BtrfsWay way;
  return way;
}

}  // namespace disktwin::reshape
