// exFAT: only another serial number, by tune.exfat of exfatprogs.
#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/error.h"

namespace disktwin::reshape {
namespace {

class ExfatWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr&, const fs::VolumeInfo& info) const override {
    return whyNoWay(info.type);
  }
  std::string whyNotGrow(const ReaderPtr&, const fs::VolumeInfo& info) const override {
    return whyNoWay(info.type);
  }
  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo&) const override {
    return volume->size();
  }
  void resize(const std::string&, const fs::VolumeInfo& info, std::uint64_t) const override {
    throw Error(ErrorKind::Failed, info.type, whyNoWay(info.type));
  }

  std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo& info,
                          const std::string& uuid) const override {
    const std::string why = missing({"tune.exfat"}, "exfatprogs");
    return why.empty() ? Trial::whyNotRenewed(*this, volume, info, uuid) : why;
  }
  // "ABCD-1234"
  void renew(const std::string& file, const fs::VolumeInfo&,
             const std::string& uuid) const override {
    runTool({"tune.exfat", "-I", "0x" + uuid.substr(0, 4) + uuid.substr(5), file}, {0});
  }

  std::string note(const fs::VolumeInfo&, bool) const override { return {}; }
};

}  // namespace

const Reshaper& exfatWay() {
  static const ExfatWay way;
  return way;
}

}  // namespace disktwin::reshape
