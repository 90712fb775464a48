// ext2, ext3 and ext4: e2fsck, then resize2fs (both of e2fsprogs).
#include <fmt/format.h>

#include <span>
#include <sstream>

#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/error.h"
#include "platform/file.h"
#include "platform/program.h"

namespace disktwin::reshape {
namespace {

// e2fsck(8): 1 and 2 mean that it has corrected something.
const std::vector<int> kChecked = {0, 1, 2};

// resize2fs -P: "Estimated minimum size of the filesystem: 12345", in blocks.
std::uint64_t minimumBlocks(const std::string& output) {
  const std::uint64_t blocks = numberBehind("minimum size of the filesystem: ", output);
  if (blocks != 0) return blocks;
  throw Error(ErrorKind::Refused, "resize2fs", "does not say how small the filesystem can be",
              "keep its size, or choose a larger target");
}

class ExtWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr&, const fs::VolumeInfo& info) const override {
    return whyNot(info);
  }
  std::string whyNotGrow(const ReaderPtr&, const fs::VolumeInfo& info) const override {
    return whyNot(info);
  }

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

  std::string whyNotEdit(const ReaderPtr& volume, const fs::VolumeInfo& info,
                         const std::string& path, std::size_t size) const override {
    const std::string why = missing({"debugfs", "e2fsck"}, "e2fsprogs");
    if (!why.empty()) return why;
    if (size > info.blockSize) return fmt::format("{} does not fit into its block", path);
    const Trial trial(volume);
    return blockOf(trial.path(), path) == 0 ? fmt::format("{} is not a file of one block", path)
                                            : std::string();
  }

  // A file of one block is changed where it lies; debugfs then sets its length.
  void edit(const std::string& file, const fs::VolumeInfo& info, const std::string& path,
            const std::string& content) const override {
    // What the journal still has to write must not come after this.
    if (info.state != fs::VolumeState::Clean) runTool({"e2fsck", "-fy", file}, kChecked);
    const std::uint64_t block = blockOf(file, path);
    if (block == 0 || content.size() > info.blockSize) {
      throw Error(ErrorKind::Failed, path, "is not a file of one block any more");
    }
    std::string bytes = content;
    bytes.resize(info.blockSize);
    File volume = File::openWrite(file);
    volume.writeAt(block * info.blockSize, std::as_bytes(std::span(bytes.data(), bytes.size())));
    volume.flush();
    runTool({"debugfs", "-w", "-R", fmt::format("set_inode_field {} size {}", path, content.size()),
             file},
            {0});
  }

  std::string note(const fs::VolumeInfo& info, bool) const override {
    return info.state == fs::VolumeState::Clean
               ? ""
               : "its journal is replayed, and it is checked and repaired, in the copy.";
  }

 private:
  // The block in which a regular file of one block lies; 0 when it is none. `path` has no blanks.
  static std::uint64_t blockOf(const std::string& file, const std::string& path) {
    const std::string about = runTool({"debugfs", "-R", "stat " + path, file}, {0});
    if (about.find("Type: regular") == std::string::npos) return 0;
    const std::string said = runTool({"debugfs", "-R", "blocks " + path, file}, {0});
    std::istringstream words(said.substr(said.find('\n') + 1));
    std::uint64_t block = 0;
    std::uint64_t more = 0;
    if (!(words >> block) || (words >> more)) return 0;
    return block;
  }

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
