// ext2, ext3 and ext4: e2fsck, then resize2fs (both of e2fsprogs).
#include <fmt/format.h>

#include <charconv>

#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/error.h"
#include "platform/program.h"

namespace disktwin::reshape {
namespace {

// e2fsck(8): 1 and 2 mean that it has corrected something.
const std::vector<int> kChecked = {0, 1, 2};

// resize2fs -P: "Estimated minimum size of the filesystem: 12345", in blocks.
std::uint64_t minimumBlocks(const std::string& output) {
  constexpr std::string_view kLead = "minimum size of the filesystem: ";
  const std::size_t at = output.find(kLead);
  std::uint64_t blocks = 0;
  if (at != std::string::npos) {
    const char* from = output.data() + at + kLead.size();
    std::from_chars(from, output.data() + output.size(), blocks);
  }
  if (blocks == 0) {
    throw Error(ErrorKind::Refused, "resize2fs", "does not say how small the filesystem can be",
                "keep its size, or choose a larger target");
  }
  return blocks;
}

class ExtWay final : public Reshaper {
 public:
  std::string whyNotShrink(const fs::VolumeInfo& info) const override { return whyNot(info); }
  std::string whyNotGrow(const fs::VolumeInfo& info) const override { return whyNot(info); }

  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    const Trial trial(volume);
    try {
      ProgramResult said = runProgram({"resize2fs", "-P", trial.path()});
      if (said.status != 0) {
        // With a journal to be replayed it wants a check first.
        runTool({"e2fsck", "-fy", trial.path()}, kChecked);
        said.output = runTool({"resize2fs", "-P", trial.path()}, {0});
      }
      return minimumBlocks(said.output) * info.blockSize;
    } catch (const Error&) {
      trial.rethrow();
      throw;
    }
  }

  void resize(const std::string& file, const fs::VolumeInfo& info,
              std::uint64_t size) const override {
    runTool({"e2fsck", "-fy", file}, kChecked);
    runTool({"resize2fs", "-f", file, fmt::format("{}", size / info.blockSize)}, {0});
  }

  std::string note(const fs::VolumeInfo& info) const override {
    return info.state == fs::VolumeState::Clean
               ? ""
               : "its journal is replayed, and it is checked and repaired, in the copy.";
  }

 private:
  static std::string whyNot(const fs::VolumeInfo&) {
    return missing({"resize2fs", "e2fsck"}, "e2fsprogs");
  }
};

}  // namespace

const Reshaper& extWay() {
  static const ExtWay way;
  return way;
}

}  // namespace disktwin::reshape
