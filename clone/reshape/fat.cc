// FAT12, FAT16 and FAT32: made smaller by ourselves, no tool does that; files are put there by
// mtools.
#include "clone/reshape/fat_files.h"
#include "clone/reshape/fat_shrink.h"
#include "clone/reshape/ways.h"

namespace disktwin::reshape {
namespace {

class FatWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    return whyNotShrinkFat(*volume, info);
  }
  std::string whyNotGrow(const ReaderPtr&, const fs::VolumeInfo&) const override {
    return "FAT cannot be made larger";
  }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo&) const override {
    return leastFat(*volume);
  }

  void resize(const std::string& file, const fs::VolumeInfo&, std::uint64_t size) const override {
    shrinkFat(file, size);
  }

  std::string whyNotEdit(const ReaderPtr&, const fs::VolumeInfo& info, const std::string&,
                         std::size_t size) const override {
    return whyNotPut(info, size);
  }

  void edit(const std::string& file, const fs::VolumeInfo&, const std::string& path,
            const std::string& content) const override {
    putFile(file, path, content);
  }

  std::string note(const fs::VolumeInfo&, bool) const override {
    return "what lies behind its new end is moved forward: a boot loader that knows its own files "
           "by sector (SYSLINUX, DOS) may have to be installed again.";
  }
};

}  // namespace

const Reshaper& fatWay() {
  static const FatWay way;
  return way;
}

}  // namespace disktwin::reshape
