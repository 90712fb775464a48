// NTFS: ntfsresize of ntfs-3g. It schedules a check for when Windows next starts; that stays so.
#include <fmt/format.h>

#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/error.h"

namespace disktwin::reshape {
namespace {

class NtfsWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr&, const fs::VolumeInfo& info) const override {
    return whyNot(info);
  }
  std::string whyNotGrow(const ReaderPtr&, const fs::VolumeInfo& info) const override {
    return whyNot(info);
  }

  bool growsUnseen() const override { return true; }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    const Trial trial(volume);
    try {
      const std::string said =
          runTool({"ntfsresize", "--info", "--force", "--no-progress-bar", trial.path()}, {0});
      // "You might resize at 12345678 bytes or 13 MB (freeing 20 MB)."; of a full one nothing.
      const std::uint64_t bytes = numberBehind("You might resize at ", said);
      return bytes == 0 ? info.size : bytes;
    } catch (const Error&) {
      trial.rethrow();
      throw;
    }
  }

  void resize(const std::string& file, const fs::VolumeInfo&, std::uint64_t size) const override {
    // Twice: or it asks.
    runTool({"ntfsresize", "--force", "--force", "--no-progress-bar", "--size",
             fmt::format("{}", size), file},
            {0});
  }

  std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo& info,
                          const std::string& uuid) const override {
    std::string why = whyNot(info);
    if (why.empty()) why = missing({"ntfslabel"}, "ntfs-3g");
    return why.empty() ? Trial::whyNotRenewed(*this, volume, info, uuid) : why;
  }
  void renew(const std::string& file, const fs::VolumeInfo&,
             const std::string& uuid) const override {
    // By force, since ntfsresize has just marked it to be checked.
    runTool({"ntfslabel", "--force", "--new-serial=" + uuid, file}, {0});
  }

  std::string note(const fs::VolumeInfo&, bool) const override {
    return "Windows checks it when it is first started from the copy.";
  }

 private:
  static std::string whyNot(const fs::VolumeInfo& info) {
    if (info.state == fs::VolumeState::Hibernated) return "a sleeping system has it in memory";
    if (info.state != fs::VolumeState::Clean) {
      return "it was not closed cleanly (run chkdsk in Windows, or shut Windows down completely)";
    }
    return missing({"ntfsresize"}, "ntfs-3g");
  }
};

}  // namespace

const Reshaper& ntfsWay() {
  static const NtfsWay way;
  return way;
}

}  // namespace disktwin::reshape
