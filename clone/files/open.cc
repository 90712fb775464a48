#include "clone/files/open.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "clone/files/ext/volume.h"
#include "clone/files/mounted_backend.h"
#include "clone/files/packing.h"
#include "clone/files/protocol.h"
#include "clone/files/server.h"
#include "clone/files/shown_volume.h"
#include "clone/files/tsk/volume.h"
#include "clone/fs/ntfs/boot_sector.h"
#include "clone/fs/ntfs/damage.h"
#include "platform/error.h"
#include "platform/file.h"
#include "platform/privileges.h"

namespace disktwin::files {
namespace {

constexpr std::uint32_t kTooLargeCluster = 128 * KiB;

bool understandsNtfs(const BlockReader& volume) {
  try {
    const auto boot = readStruct<fs::ntfs::BootSector>(volume, 0);
    return fs::ntfs::geometryOf(boot, volume.size()).clusterSize < kTooLargeCluster;
  } catch (const fs::ntfs::Damage&) {
    return true;  // the library will say what is wrong
  }
}

bool isExt(const std::string& type) {
  return type == "ext2" || type == "ext3" || type == "ext4";
}

bool isKnownToLibrary(const std::string& type) {
  return isExt(type) || TskVolume::knows(type);
}

bool understands(const BlockReader& volume, const std::string& type) {
  if (isExt(type)) return ExtVolume::understands(volume);
  return TskVolume::knows(type) && (type != "ntfs" || understandsNtfs(volume));
}

// Asks the parent, in as many pieces as it takes.
bool askParent(ChildEnd& parent, std::uint64_t offset, std::span<std::byte> out, Need need) {
  while (!out.empty()) {
    const std::size_t length = std::min(out.size(), kLargestRead);
    parent.send(
        static_cast<std::uint32_t>(Kind::NeedBytes),
        Packer().number(offset).number(length).number(static_cast<std::uint64_t>(need)).done());
    const Message answer = parent.receive();
    if (answer.kind != static_cast<std::uint32_t>(Kind::Bytes) || answer.body.size() != length) {
      return false;
    }
    std::copy(answer.body.begin(), answer.body.end(), out.begin());
    out = out.subspan(length);
    offset += length;
  }
  return true;
}

// Makes a backend and serves it; what goes wrong before is told to the parent.
template <typename Make>
void tryToServe(ChildEnd& parent, const Make& make) {
  std::string why;
  try {
    const std::unique_ptr<Backend> backend = make();
    serve(*backend, parent);
  } catch (const Error& error) {
    why = error.detail();
  } catch (const std::exception& error) {
    why = error.what();
  }
  sendFailure(parent, why);
}

std::unique_ptr<FileTree> byLibrary(const ReaderPtr& volume, const std::string& type,
                                    const OpenOptions& options) {
  const std::uint64_t size = volume->size();
  const std::uint32_t sector = volume->sectorSize();
  auto child =
      std::make_unique<ConfinedProcess>(volume->name(), options.limits, -1, [&](ChildEnd& parent) {
        parent.confine(ChildEnd::May::Compute);
        const ReadBytes read = [&](std::uint64_t offset, std::span<std::byte> out, Need need) {
          return askParent(parent, offset, out, need);
        };
        tryToServe(parent, [&]() -> std::unique_ptr<Backend> {
          if (isExt(type)) return std::make_unique<ExtVolume>(size, read, options.encrypted);
          return std::make_unique<TskVolume>(type, size, sector, read);
        });
      });
  return std::make_unique<FileTree>(volume, std::move(child));
}

// Keeps the mount alive as long as the backend over it.
struct Mounted {
  MountedVolume volume;
  MountedBackend backend{volume};
};

// The child's descriptor of the volume: the one it was left with, or one of its own of a file that
// we show. This process has that file nowhere open: should it be killed, the kernel is to get an
// error, and not to wait for an answer.
class VolumeFile {
 public:
  explicit VolumeFile(const std::string& shown) {
    if (!shown.empty()) file_.emplace(File::openRead(shown));
  }
  int descriptor() const { return file_ ? file_->descriptor() : ConfinedProcess::kKept; }

 private:
  std::optional<File> file_;
};

[[noreturn]] void refuse(const BlockReader& volume, std::string why) {
  throw Error(ErrorKind::Failed, volume.name(), std::move(why));
}

// Null for what has a file of its own.
std::unique_ptr<ShownVolume> shownToKernel(const ReaderPtr& volume, const std::string& type) {
  if (volume->backing()) return nullptr;
  std::string why = ShownVolume::whyNot();
  try {
    if (why.empty()) return std::make_unique<ShownVolume>(volume);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Cancelled) throw;
    why = error.detail();
  }
  refuse(*volume, fmt::format("only the kernel can read the files of this {}, from a disk or a raw "
                              "file (or through FUSE: {})",
                              type, why));
}

std::unique_ptr<FileTree> byKernel(const ReaderPtr& volume, const std::string& type,
                                   const OpenOptions& options) {
  const auto backing = volume->backing();
  auto shown = shownToKernel(volume, type);
  const std::string path = shown ? shown->path() : "";
  const Extent part{backing ? backing->offset : 0, volume->size()};
  auto child = std::make_unique<ConfinedProcess>(
      volume->name(), options.limits, backing ? backing->file->descriptor() : -1,
      [&](ChildEnd& parent) {
        std::string why;
        try {
          const VolumeFile file(path);
          Mounted mounted{{file.descriptor(), part, type, options.defaultSubvolume}};
          parent.confine(ChildEnd::May::ReadFiles);
          serve(mounted.backend, parent);
        } catch (const Error& error) {
          why = error.detail();
        }
        sendFailure(parent, why);
      });
  return std::make_unique<FileTree>(volume, std::move(child), std::move(shown));
}

}  // namespace

bool isReadable(const std::string& type) {
  return isKnownToLibrary(type) || MountedVolume::knows(type);
}

std::unique_ptr<FileTree> openTree(const ReaderPtr& volume, const std::string& type,
                                   const OpenOptions& options) {
  if (understands(*volume, type)) return byLibrary(volume, type, options);
  if (!MountedVolume::knows(type)) {
    refuse(*volume, fmt::format("there is no way to read the files of such a {}", type));
  }
  if (!isRoot()) {
    refuse(*volume, fmt::format("only the kernel can read the files of this {}, for root", type));
  }
  return byKernel(volume, type, options);
}

}  // namespace disktwin::files
