// Swap: nothing in it is worth anything, so it is made anew, with its UUID and label. A new UUID is
// put in by swaplabel.
#include <fmt/format.h>

#include <algorithm>

#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"

namespace disktwin::reshape {
namespace {

// What is left of it when others have to make room: less than this helps nobody.
constexpr std::uint64_t kLeast = 64 * MiB;
constexpr std::uint64_t kPart = 4;

class SwapWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr&, const fs::VolumeInfo&) const override {
    return missing({"mkswap"}, "util-linux");
  }
  std::string whyNotGrow(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    return whyNotShrink(volume, info);
  }

  bool growsUnseen() const override { return true; }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo&) const override {
    return std::min(volume->size(), std::max(kLeast, volume->size() / kPart));
  }

  // mkswap takes all of the file there is when no size is named; sizes are in blocks of 1 KiB.
  void resize(const std::string& file, const fs::VolumeInfo& info,
              std::uint64_t size) const override {
    std::vector<std::string> words = {"mkswap", "--force", "--pagesize",
                                      fmt::format("{}", info.blockSize)};
    if (!info.uuid.empty()) words.insert(words.end(), {"--uuid", info.uuid});
    if (!info.label.empty()) words.insert(words.end(), {"--label", info.label});
    words.insert(words.end(), {file, fmt::format("{}", size / KiB)});
    runTool(words, {0});
  }

  std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo& info,
                          const std::string& uuid) const override {
    const std::string why = missing({"swaplabel"}, "util-linux");
    return why.empty() ? Trial::whyNotRenewed(*this, volume, info, uuid) : why;
  }
  void renew(const std::string& file, const fs::VolumeInfo&,
             const std::string& uuid) const override {
    runTool({"swaplabel", "--uuid", uuid, file}, {0});
  }

  std::string note(const fs::VolumeInfo&, bool) const override { return {}; }
};

}  // namespace

const Reshaper& swapWay() {
  static const SwapWay way;
  return way;
}

}  // namespace disktwin::reshape
