// XFS: the kernel enlarges it while it is mounted, which a copy on an overlay can be. It knows no
// way to make one smaller.
#include "clone/reshape/ways.h"
#include "platform/error.h"
#include "platform/kernel_resize.h"

namespace disktwin::reshape {
namespace {

class XfsWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr&, const fs::VolumeInfo&) const override {
    return "XFS cannot be made smaller";
  }
  std::string whyNotGrow(const ReaderPtr&, const fs::VolumeInfo& info) const override {
    if (info.state != fs::VolumeState::Clean && info.state != fs::VolumeState::NeedsRecovery) {
      return "it wants a check (xfs_repair), or its log lies on another device";
    }
    return whyNotMount("xfs");
  }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo&) const override {
    return volume->size();
  }

  void resize(const std::string& file, const fs::VolumeInfo&, std::uint64_t size) const override {
    resizeByKernel(file, "xfs", size);
  }

  std::string note(const fs::VolumeInfo& info) const override {
    return info.state == fs::VolumeState::Clean ? "" : "its log is replayed in the copy.";
  }
};

}  // namespace

const Reshaper& xfsWay() {
  static const XfsWay way;
  return way;
}

}  // namespace disktwin::reshape
