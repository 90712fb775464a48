#include "platform/mounted_volume.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/btrfs.h>
#include <linux/limits.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "platform/error.h"
#include "platform/linux/detached_mount.h"
#include "platform/linux/loop_device.h"

namespace disktwin {
namespace {

constexpr std::size_t kLongestLink = 4096;
// The root of every subvolume has this inode number (BTRFS_FIRST_FREE_OBJECTID).
constexpr ino_t kSubvolumeRoot = 256;
// In a snapshot, an empty folder stands where there was a subvolume; it is on no disk
// (BTRFS_EMPTY_SUBVOL_DIR_OBJECTID).
constexpr ino_t kSubvolumeWas = 2;

struct How {
  const char* type;
  // Options without which the kernel would write, or refuse a log that waits to be replayed.
  MountOptions options;
};

const std::vector<How>& ways() {
  static const std::vector<How> all{
      {"ext2", {{"noload", ""}}},
      {"ext3", {{"noload", ""}}},
      {"ext4", {{"noload", ""}}},
      {"xfs", {{"norecovery", ""}, {"nouuid", ""}}},
      {"btrfs", {{"rescue", "nologreplay"}}},
  };
  return all;
}

const How* wayOf(const std::string& type) {
  for (const How& how : ways()) {
    if (type == how.type) return &how;
  }
  return nullptr;
}

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::Failed, "mount", fmt::format("{}: {}", what, std::strerror(errno)));
}

NodeType typeOf(mode_t mode) {
  if (S_ISREG(mode)) return NodeType::Regular;
  if (S_ISDIR(mode)) return NodeType::Folder;
  if (S_ISLNK(mode)) return NodeType::Link;
  return NodeType::Other;
}

NodeType typeOfEntry(unsigned char type) {
  switch (type) {
    case DT_REG:
      return NodeType::Regular;
    case DT_DIR:
      return NodeType::Folder;
    case DT_LNK:
      return NodeType::Link;
    default:
      return NodeType::Other;
  }
}

NodeInfo infoFrom(const struct stat& status) {
  NodeInfo out;
  out.type = typeOf(status.st_mode);
  out.size = static_cast<std::uint64_t>(status.st_size);
  out.modified = status.st_mtim.tv_sec;
  out.modifiedNanos = static_cast<std::uint32_t>(status.st_mtim.tv_nsec);
  out.mode = status.st_mode;
  out.owner = status.st_uid;
  out.group = status.st_gid;
  out.links = status.st_nlink;
  out.device = status.st_rdev;
  return out;
}

}  // namespace

MountedVolume::MountedVolume(int file, Extent part, const std::string& type, bool defaultSubvolume)
    : isBtrfs_(type == "btrfs") {
  const How* how = wayOf(type);
  if (!how) {
    throw Error(ErrorKind::Failed, "mount", fmt::format("no safe way to read {} is known", type));
  }
  const LoopDevice loop = attachReadOnly(file, part);
  MountOptions options = how->options;
  options.emplace_back("ro", "");
  if (isBtrfs_ && !defaultSubvolume) options.emplace_back("subvolid", "5");
  root_ = mountDetached(loop.path, type.starts_with("ext") ? "ext4" : type, options,
                        MountView::LookOnly)
              .release();
}

MountedVolume::~MountedVolume() {
  if (openFile_ >= 0) ::close(openFile_);
  if (root_ >= 0) ::close(root_);
}

bool MountedVolume::knows(const std::string& type) {
  return wayOf(type) != nullptr;
}

int MountedVolume::open(const std::string& path, int flags) const {
  struct open_how how {};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NOFOLLOW);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  return static_cast<int>(
      ::syscall(__NR_openat2, root_, path.empty() ? "." : path.c_str(), &how, sizeof how));
}

std::optional<NodeInfo> MountedVolume::info(const std::string& path) const {
  const Descriptor node(open(path, O_PATH));
  struct stat status {};
  if (!node.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    fail("a name cannot be looked up");
  }
  if (::fstat(node.get(), &status) != 0) fail("a file cannot be looked at");
  NodeInfo out = infoFrom(status);
  if (isBtrfs_ && status.st_ino == kSubvolumeWas) {
    // The kernel says when it was first looked at.
    out.modified = 0;
    out.modifiedNanos = 0;
  }
  if (out.type == NodeType::Folder && status.st_ino == kSubvolumeRoot) {
    const Descriptor folder(open(path, O_RDONLY | O_DIRECTORY));
    // "If treeid is 0, the tree that contains the file is meant", and its id is given back.
    struct btrfs_ioctl_ino_lookup_args args {};
    args.objectid = kSubvolumeRoot;
    if (folder.valid() && ::ioctl(folder.get(), BTRFS_IOC_INO_LOOKUP, &args) == 0) {
      out.subvolume = args.treeid;
    }
  }
  return out;
}

void MountedVolume::list(
    const std::string& folder,
    const std::function<void(const std::string& name, NodeType type)>& each) const {
  const int fd = open(folder, O_RDONLY | O_DIRECTORY);
  DIR* stream = fd >= 0 ? ::fdopendir(fd) : nullptr;
  if (!stream) {
    if (fd >= 0) ::close(fd);
    fail("a folder cannot be opened");
  }
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") each(name, typeOfEntry(entry->d_type));
    errno = 0;
  }
  const int failed = errno;
  ::closedir(stream);
  errno = failed;
  if (failed != 0) fail("a folder cannot be read");
}

std::size_t MountedVolume::read(const std::string& path, std::uint64_t offset,
                                std::span<std::byte> out) const {
  if (openFile_ < 0 || openPath_ != path) {
    if (openFile_ >= 0) ::close(openFile_);
    openFile_ = open(path, O_RDONLY | O_NONBLOCK);
    openPath_ = path;
    struct stat status {};
    if (openFile_ < 0 || ::fstat(openFile_, &status) != 0) fail("a file cannot be opened");
    if (!S_ISREG(status.st_mode)) {
      errno = EINVAL;
      fail("it is not a regular file");
    }
  }
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(openFile_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("a file cannot be read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

std::string MountedVolume::readLink(const std::string& path) const {
  const Descriptor node(open(path, O_PATH));
  std::array<char, kLongestLink> target{};
  const ssize_t length =
      node.valid() ? ::readlinkat(node.get(), "", target.data(), target.size()) : -1;
  if (length < 0) fail("a link cannot be read");
  return {target.data(), static_cast<std::size_t>(length)};
}

void MountedVolume::attributes(
    const std::string& path,
    const std::function<void(const std::string& name, std::span<const std::byte> value)>& each)
    const {
  const Descriptor node(open(path, O_RDONLY | O_NONBLOCK));
  if (!node.valid()) fail("a file cannot be opened");
  // Linux has no longer lists, and no longer values.
  std::vector<char> names(XATTR_LIST_MAX);
  const ssize_t length = ::flistxattr(node.get(), names.data(), names.size());
  if (length < 0 && errno == ENOTSUP) return;
  if (length < 0) fail("its extended attributes cannot be listed");
  std::vector<std::byte> value(XATTR_SIZE_MAX);
  for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
    const std::string name = names.data() + at;
    at += name.size() + 1;
    const ssize_t got = ::fgetxattr(node.get(), name.c_str(), value.data(), value.size());
    if (got < 0) fail("an extended attribute cannot be read");
    each(name, std::span(value).first(static_cast<std::size_t>(got)));
  }
}

}  // namespace disktwin
