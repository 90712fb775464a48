// ext2, ext3 and ext4: e2fsck, then resize2fs (both of e2fsprogs).
#include <fmt/format.h>

#include <algorithm>
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

// Larger files are not changed; debugfs is asked for each block.
constexpr std::uint64_t kLargestEdit = 8 * MiB;
constexpr std::uint64_t kAskedAtOnce = 256;
// Inode flags: compressed, encrypted, verity, content in the inode ("EXT4_COMPR_FL" and so on).
constexpr unsigned long kElsewhere = 0x4 | 0x800 | 0x100000 | 0x10000000;

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

  bool growsUnseen() const override { return true; }

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
                         const std::string& path, const std::string&,
                         std::size_t size) const override {
    const std::string why = missing({"debugfs", "e2fsck"}, "e2fsprogs");
    if (!why.empty()) return why;
    // debugfs takes words apart at blanks.
    if (path.find_first_of(" \t\n\"'") != path.npos) return fmt::format("{} is an odd name", path);
    const Trial trial(volume);
    const Lying lying = lyingOf(trial.path(), path, info.blockSize);
    return lying.takes(size, info.blockSize)
               ? std::string()
               : fmt::format("{} is not a file whose blocks could take that", path);
  }

  // A file is changed where it lies; when it had one block, debugfs then sets its length.
  void edit(const std::string& file, const fs::VolumeInfo& info, const std::string& path,
            const std::string&, const std::string& content) const override {
    // What the journal still has to write must not come after this.
    if (info.state != fs::VolumeState::Clean) runTool({"e2fsck", "-fy", file}, kChecked);
    const Lying lying = lyingOf(file, path, info.blockSize);
    if (!lying.takes(content.size(), info.blockSize)) {
      throw Error(ErrorKind::Failed, path, "does not lie as it did any more");
    }
    std::string bytes = content;
    bytes.resize(lying.blocks.size() * info.blockSize);
    File volume = File::openWrite(file);
    for (std::size_t i = 0; i < lying.blocks.size(); ++i) {
      volume.writeAt(lying.blocks[i] * info.blockSize,
                     std::as_bytes(std::span(bytes).subspan(i * info.blockSize, info.blockSize)));
    }
    volume.flush();
    if (content.size() == lying.size) return;
    runTool({"debugfs", "-w", "-R", fmt::format("set_inode_field {} size {}", path, content.size()),
             file},
            {0});
  }

  std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo& info,
                          const std::string& uuid) const override {
    const std::string why = missing({"tune2fs", "e2fsck", "dumpe2fs"}, "e2fsprogs");
    if (!why.empty()) return why;
    const Trial trial(volume);
    const std::string about = runTool({"dumpe2fs", "-h", trial.path()}, {0});
    if (about.find(" stable_inodes") != std::string::npos) {
      return "its encrypted files hang on this one";
    }
    if (about.find("\nJournal device:") != std::string::npos) {
      return "its journal lies on another device, which knows it by this one";
    }
    // A check reads all metadata: of a clean one nothing is to be expected that it cannot do.
    return info.state == fs::VolumeState::Clean ? std::string()
                                                : Trial::whyNotRenewed(*this, volume, info, uuid);
  }
  // tune2fs wants it freshly checked.
  void renew(const std::string& file, const fs::VolumeInfo&,
             const std::string& uuid) const override {
    runTool({"e2fsck", "-fy", file}, kChecked);
    runTool({"tune2fs", "-U", uuid, file}, {0});
  }

  std::string note(const fs::VolumeInfo& info, bool) const override {
    return info.state == fs::VolumeState::Clean
               ? ""
               : "its journal is replayed, and it is checked and repaired, in the copy.";
  }

 private:
  // Where a regular file's bytes lie.
  struct Lying {
    std::uint64_t size = 0;
    std::vector<std::uint64_t> blocks;  // in the order of the file, all of them; none: not known

    // Whether it could have a content of that size without a block more or less.
    bool takes(std::size_t wanted, std::uint64_t blockSize) const {
      return !blocks.empty() && (wanted == size || (blocks.size() == 1 && wanted <= blockSize));
    }
  };

  static Lying lyingOf(const std::string& file, const std::string& path, std::uint64_t blockSize) {
    const std::string about = runTool({"debugfs", "-R", "stat " + path, file}, {0});
    const std::uint64_t size = numberBehind("Size: ", about);
    const std::size_t flagsAt = about.find("Flags: 0x");
    if (about.find("Type: regular") == std::string::npos || size == 0 || size > kLargestEdit ||
        flagsAt == std::string::npos ||
        (std::stoul(about.substr(flagsAt + 7), nullptr, 16) & kElsewhere) != 0) {
      return {};
    }
    const std::uint64_t count = (size + blockSize - 1) / blockSize;
    Lying out{size, {}};
    for (std::uint64_t first = 0; first < count; first += kAskedAtOnce) {
      addBlocks(file, path, first, std::min(first + kAskedAtOnce, count), out.blocks);
    }
    const bool isWhole = out.blocks.size() == count && !std::ranges::count(out.blocks, 0U);
    return isWhole ? out : Lying{};
  }

  static void addBlocks(const std::string& file, const std::string& path, std::uint64_t first,
                        std::uint64_t end, std::vector<std::uint64_t>& out) {
    std::string asked;
    for (std::uint64_t i = first; i < end; ++i) asked += fmt::format("bmap {} {}\n", path, i);
    // It repeats each command, and answers with a number alone; 0 is a hole.
    std::istringstream lines(runTool({"debugfs", "-f", "-", file}, {0}, asked));
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line.find_first_not_of("0123456789") != line.npos) continue;
      out.push_back(std::stoull(line));
    }
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
