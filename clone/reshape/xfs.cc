// XFS: the kernel enlarges it while it is mounted, which a copy on an overlay can be. To become
// smaller it is made anew (mkfs.xfs) and filled with its files, while the kernel has both mounted.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "clone/reshape/mkfs_xfs.h"
#include "clone/reshape/trial.h"
#include "clone/reshape/ways.h"
#include "platform/error.h"
#include "platform/file.h"
#include "platform/kernel_edit.h"
#include "platform/kernel_refill.h"
#include "platform/kernel_resize.h"
#include "platform/printable.h"
#include "platform/program.h"

namespace disktwin::reshape {
namespace {

constexpr std::uint64_t kStep = 4 * MiB;
constexpr std::uint64_t kSpare = 16 * MiB;
constexpr std::uint64_t kOfGroup = 256 * KiB;  // headers, and chunks of inodes that are begun
// "xfs_default_resblks()": kept back by a mounted one, at most a twentieth.
constexpr std::uint64_t kKeptBack = 8192;
constexpr std::uint64_t kKeptBackPart = 20;
// What its trees may need once is kept back from the start: of blocks of 4 KiB some 2 %
// ("xfs_refcountbt_calc_reserves()" and the like), more of smaller ones.
constexpr std::uint64_t kTreesPart = 33;
constexpr std::uint64_t kUsualBlock = 4096;

// What an XFS of `size` bytes with this superblock's features keeps for itself; `said` is what
// mkfs.xfs says of it.
std::uint64_t overheadOf(const fs::xfs::Super& super, std::uint64_t size, const std::string& said) {
  const std::size_t log = said.find("internal log");
  const std::uint64_t logBlocks =
      log == std::string::npos ? 0 : numberBehind("blocks=", said.substr(log));
  const std::uint64_t blockSize = super.blockSize;
  const std::uint64_t trees =
      size / kTreesPart * std::max<std::uint64_t>(kUsualBlock / blockSize, 1);
  return logBlocks * blockSize + numberBehind("agcount=", said) * kOfGroup + trees +
         std::min(size / kKeptBackPart, kKeptBack * blockSize) + kSpare;
}

// What mkfs.xfs says. When it does not want to, the reason comes first and then the manual.
std::string runMkfs(const std::vector<std::string>& words) {
  const ProgramResult said = runProgram(words);
  if (said.status == 0) return said.output;
  throw Error(ErrorKind::Failed, words.front(),
              fmt::format("ended with status {}: {}", said.status,
                          printable(said.output.substr(0, said.output.find('\n')))));
}

// The least size for so much content, in which `mkfs` says what it would make of a size; below some
// sizes it makes none with all features.
std::uint64_t leastFor(const fs::xfs::Super& super, std::uint64_t content, std::uint64_t most,
                       const std::function<std::string(std::uint64_t)>& mkfs) {
  std::uint64_t size = kLeastXfs;
  while (size < most) {
    std::uint64_t needed = size + size / 16;
    try {
      needed = content + overheadOf(super, size, mkfs(size));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::Failed) throw;
    }
    if (needed <= size) return size;
    size = std::max(size + kStep, (needed + kStep - 1) / kStep * kStep);
  }
  return most;
}

class XfsWay final : public Reshaper {
 public:
  std::string whyNotShrink(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    const std::string why = whyNotGrow(volume, info);
    return why.empty() ? whyNoOtherXfs(*volume, info) : why;
  }
  std::string whyNotGrow(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    const auto super = readStruct<fs::xfs::Super>(*volume, 0);
    if (super.realtimeBlocks != 0) return "it has a realtime section on another device";
    if (info.state != fs::VolumeState::Clean && info.state != fs::VolumeState::NeedsRecovery) {
      return super.logStart == 0 ? "its log lies on another device"
                                 : "it wants a check (xfs_repair)";
    }
    return Trial::whyNotMounted(volume, "xfs");
  }

  // All files are looked at: what those with shared extents need is in no count.
  std::uint64_t minimum(const ReaderPtr& volume, const fs::VolumeInfo& info) const override {
    const auto super = readStruct<fs::xfs::Super>(*volume, 0);
    const Trial trial(volume);
    try {
      const auto mkfs = [&](std::uint64_t size) {
        return runMkfs(mkfsXfs(super, info, trial.path(), size, true));
      };
      mkfs(volume->size());
      const TreeSize tree = measureByKernel(trial.path(), "xfs");
      const std::uint64_t content =
          tree.bytes + tree.bytes / 64 + tree.files * super.inodeSize / 7 * 8;
      return std::min(leastFor(super, content, volume->size(), mkfs), volume->size());
    } catch (const Error&) {
      trial.rethrow();
      throw;
    }
  }

  void resize(const std::string& file, const fs::VolumeInfo&, std::uint64_t size) const override {
    resizeByKernel(file, "xfs", size);
  }

  bool isRefilledToShrink() const override { return true; }

  void refill(const std::string& source, const fs::VolumeInfo& info, const std::string& file,
              std::uint64_t size) const override {
    fs::xfs::Super super;
    File::openRead(source).readAt(0, std::as_writable_bytes(std::span(&super, 1)));
    runMkfs(mkfsXfs(super, info, file, size, false));
    copyByKernel(source, file, "xfs");
  }

  std::string whyNotEdit(const ReaderPtr& volume, const fs::VolumeInfo&, const std::string& path,
                         const std::string& before, std::size_t size) const override {
    return Trial::whyNotOverwritten(volume, "xfs", path, before, size);
  }
  void edit(const std::string& file, const fs::VolumeInfo&, const std::string& path,
            const std::string& before, const std::string& content) const override {
    overwriteByKernel(file, "xfs", path, before, content);
  }

  std::string whyNotRenew(const ReaderPtr& volume, const fs::VolumeInfo&,
                          const std::string&) const override {
    const auto super = readStruct<fs::xfs::Super>(*volume, 0);
    if (super.realtimeBlocks != 0) return "it has a realtime section on another device";
    if (super.logStart == 0) return "its log lies on another device";
    return missing({"xfs_db"}, "xfsprogs");
  }
  // What xfs_admin does, which is a shell script. Its status says nothing.
  void renew(const std::string& file, const fs::VolumeInfo&,
             const std::string& uuid) const override {
    const ProgramResult said =
        runProgram({"xfs_db", "-x", "-f", "-p", "xfs_admin", "-c", "uuid " + uuid, file});
    if (said.status == 0 && said.output.find("new UUID = ") != std::string::npos) return;
    throw Error(ErrorKind::Failed, "xfs_db", printable(said.lastLine()));
  }

  std::string note(const fs::VolumeInfo& info, bool smaller) const override {
    std::string out =
        info.state == fs::VolumeState::Clean ? "" : "its log is replayed in the copy.";
    if (!smaller) return out;
    if (!out.empty()) out += " ";
    return out +
           "it is made anew and its files are copied: inode numbers, times of creation and of the "
           "last change of the inode are new, and extents that files shared are no longer shared.";
  }
};

}  // namespace

const Reshaper& xfsWay() {
  static const XfsWay way;
  return way;
}

}  // namespace disktwin::reshape
