// NTFS: ntfsresize of ntfs-3g. It schedules a check for when Windows next starts; that stays so.
#include <fmt/format.h>

#include <charconv>

#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/error.h"

namespace disktwin::reshape {
namespace {

// "You might resize at 12345678 bytes or 13 MB (freeing 20 MB)."
std::uint64_t minimumBytes(const std::string& output) {
  constexpr std::string_view kLead = "You might resize at ";
  const std::size_t at = output.find(kLead);
  std::uint64_t bytes = 0;
  if (at != std::string::npos) {
    const char* from = output.data() + at + kLead.size();
    std::from_chars(from, output.data() + output.size(), bytes);
  }
  return bytes;
}

class NtfsWay final : public Reshaper {
 public:
  std::string whyNotShrink(const fs::VolumeInfo& info) const override { return whyNot(info); }
  std::string whyNotGrow(const fs::VolumeInfo& info) const override { return whyNot(info); }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    const Trial trial(volume);
    try {
      const std::string said =
          runTool({"ntfsresize", "--info", "--force", "--no-progress-bar", trial.path()}, {0});
      const std::uint64_t bytes = minimumBytes(said);
      // A volume that is full says nothing.
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

  std::string note(const fs::VolumeInfo&) const override {
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
