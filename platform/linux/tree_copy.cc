#include "platform/linux/tree_copy.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "platform/error.h"
#include "platform/linux/descriptor.h"
#include "platform/printable.h"

namespace disktwin {
namespace {

constexpr std::size_t kBuffer = 1U << 20;
// A little less than the kernel takes as a name of several folders ("PATH_MAX").
constexpr std::size_t kLongestPath = 4000;
constexpr std::uint64_t kBlock = 512;  // of st_blocks
// Of these the kernel keeps account itself.
constexpr std::uint32_t kNotToBeSet = FS_XFLAG_HASATTR | FS_XFLAG_PREALLOC;
// Nothing can be changed any more once they are set; and what inherits from a folder that is not
// finished could not be put into it.
constexpr std::uint32_t kSetLast = FS_XFLAG_IMMUTABLE | FS_XFLAG_APPEND;

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Error(ErrorKind::Failed, printable("/" + path),
              fmt::format("{}: {}", what, std::strerror(errno)));
}

// Calls `each` for every name in a folder.
void list(int folder, const std::string& path,
          const std::function<void(const std::string& name)>& each) {
  const int own = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = own >= 0 ? ::fdopendir(own) : nullptr;
  if (stream == nullptr) {
    if (own >= 0) ::close(own);
    fail(path, "cannot be opened");
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) names.emplace_back(entry->d_name);
  const int failed = errno;
  ::closedir(stream);
  errno = failed;
  if (failed != 0) fail(path, "cannot be read");
  for (const std::string& name : names) {
    if (name != "." && name != "..") each(name);
  }
}

std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "/" + name;
}

// A file by the folder that it lies in.
struct Place {
  int folder;
  const char* name;

  // For calls that take no descriptor of what cannot be opened.
  std::string text() const { return fmt::format("/proc/self/fd/{}/{}", folder, name); }
};

struct stat statusOf(const Place& place, const std::string& path) {
  struct stat out {};
  if (::fstatat(place.folder, place.name, &out, AT_SYMLINK_NOFOLLOW) != 0) {
    fail(path, "cannot be looked at");
  }
  return out;
}

class Measure {
 public:
  TreeSize run(int root) {
    add(statusOf({root, "."}, ""));
    folder(root, "");
    return size_;
  }

 private:
  void add(const struct stat& status) {
    if (!S_ISDIR(status.st_mode) && status.st_nlink > 1 && !seen_.insert(status.st_ino).second) {
      return;
    }
    ++size_.files;
    size_.bytes += static_cast<std::uint64_t>(status.st_blocks) * kBlock;
  }

  void folder(int fd, const std::string& path) {
    list(fd, path, [&](const std::string& name) {
      const std::string mine = below(path, name);
      if (mine.size() > kLongestPath) {
        throw Error(ErrorKind::Refused, printable("/" + path),
                    "the way to what is in it is too long");
      }
      const struct stat status = statusOf({fd, name.c_str()}, mine);
      add(status);
      if (!S_ISDIR(status.st_mode)) return;
      const Descriptor inner(::openat(fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      if (!inner.valid()) fail(mine, "cannot be opened");
      folder(inner.get(), mine);
    });
  }

  TreeSize size_;
  std::unordered_set<ino_t> seen_;
};

void copyAttributes(const Place& from, const Place& to, const std::string& path) {
  const std::string source = from.text();
  const std::string target = to.text();
  std::vector<char> names(XATTR_LIST_MAX);
  const ssize_t length = ::llistxattr(source.c_str(), names.data(), names.size());
  if (length < 0 && errno == EOPNOTSUPP) return;
  if (length < 0) fail(path, "its extended attributes cannot be listed");
  std::vector<char> value(XATTR_SIZE_MAX);
  for (const char* name = names.data(); name < names.data() + length;
       name += std::strlen(name) + 1) {
    const ssize_t count = ::lgetxattr(source.c_str(), name, value.data(), value.size());
    if (count < 0 ||
        ::lsetxattr(target.c_str(), name, value.data(), static_cast<std::size_t>(count), 0) != 0) {
      fail(path, "an extended attribute cannot be copied");
    }
  }
}

// What XFS and others keep beside the mode: project, flags, sizes of allocations.
struct fsxattr extrasOf(int fd) {
  struct fsxattr out {};
  if (::ioctl(fd, FS_IOC_FSGETXATTR, &out) != 0) return {};
  out.fsx_xflags &= ~kNotToBeSet;
  return out;
}

void setExtras(int fd, struct fsxattr extras, const std::string& path) {
  if (extras.fsx_xflags == 0 && extras.fsx_projid == 0) return;
  if (::ioctl(fd, FS_IOC_FSSETXATTR, &extras) != 0) fail(path, "its flags cannot be set");
}

class DataCopy {
 public:
  DataCopy() : buffer_(kBuffer) {}

  void run(int from, int to, const struct stat& status, const std::string& path) {
    const off_t size = status.st_size;
    // Space that was reserved and never written shows as a hole, and is no hole: swapon() cares.
    const bool isDense = static_cast<off_t>(status.st_blocks * static_cast<off_t>(kBlock)) >= size;
    if (isDense && size > 0 && ::lseek(from, 0, SEEK_HOLE) < size &&
        ::fallocate(to, 0, 0, size) != 0) {
      fail(path, "its space cannot be reserved");
    }
    off_t at = 0;
    while (at < size) {
      const off_t data = ::lseek(from, at, SEEK_DATA);
      if (data < 0 && errno == ENXIO) break;
      const off_t end = data < 0 ? -1 : ::lseek(from, data, SEEK_HOLE);
      if (end < 0) fail(path, "its holes cannot be told");
      range(from, to, data, std::min(end, size), path);
      at = end;
    }
    if (::ftruncate(to, size) != 0) fail(path, "cannot be given its length");
  }

 private:
  void range(int from, int to, off_t at, off_t end, const std::string& path) {
    while (at < end) {
      const auto wanted = static_cast<std::size_t>(std::min<off_t>(end - at, kBuffer));
      const ssize_t got = ::pread(from, buffer_.data(), wanted, at);
      if (got < 0 && errno == EINTR) continue;
      if (got == 0) errno = EIO;
      if (got <= 0) fail(path, "cannot be read");
      for (ssize_t done = 0; done < got;) {
        const ssize_t count =
            ::pwrite(to, buffer_.data() + done, static_cast<std::size_t>(got - done), at + done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail(path, "cannot be written");
        done += count;
      }
      at += got;
    }
  }

  std::vector<char> buffer_;
};

class Copier {
 public:
  explicit Copier(int root) : root_(root) {}

  void run(int from) {
    folder(from, root_, "");
    finish({from, "."}, {root_, "."}, statusOf({from, "."}, ""), "");
    for (const auto& [path, extras] : last_) {
      const Descriptor file(::openat(root_, path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
      if (!file.valid()) fail(path, "cannot be opened in the copy");
      setExtras(file.get(), extras, path);
    }
    setExtras(root_, extrasOf(from), "");
  }

 private:
  void folder(int from, int to, const std::string& path) {
    list(from, path, [&](const std::string& name) {
      entry({from, name.c_str()}, {to, name.c_str()}, below(path, name));
    });
  }

  void entry(const Place& from, const Place& to, const std::string& path) {
    const struct stat status = statusOf(from, path);
    if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) {
      const auto [known, isNew] = names_.try_emplace(status.st_ino, path);
      if (!isNew) {
        if (::linkat(root_, known->second.c_str(), to.folder, to.name, 0) != 0) {
          fail(path, "cannot be linked");
        }
        return;
      }
    }
    if (S_ISDIR(status.st_mode)) return innerFolder(from, to, status, path);
    if (S_ISREG(status.st_mode)) return file(from, to, status, path);
    if (S_ISLNK(status.st_mode)) {
      link(from, to, path);
    } else if (::mknodat(to.folder, to.name, status.st_mode, status.st_rdev) != 0) {
      fail(path, "cannot be made");
    }
    finish(from, to, status, path);
  }

  void innerFolder(const Place& from, const Place& to, const struct stat& status,
                   const std::string& path) {
    const Descriptor source(::openat(from.folder, from.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (!source.valid()) fail(path, "cannot be opened");
    if (::mkdirat(to.folder, to.name, 0700) != 0) fail(path, "cannot be made");
    const Descriptor target(::openat(to.folder, to.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    if (!target.valid()) fail(path, "cannot be opened in the copy");
    folder(source.get(), target.get(), path);
    finish(from, to, status, path);
    // Only now: what it hands down to new files is theirs to have or not.
    setExtras(target.get(), extrasOf(source.get()), path);
  }

  void file(const Place& from, const Place& to, const struct stat& status,
            const std::string& path) {
    const Descriptor source(::openat(from.folder, from.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    if (!source.valid()) fail(path, "cannot be opened");
    const Descriptor target(
        ::openat(to.folder, to.name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    if (!target.valid()) fail(path, "cannot be made");
    const struct fsxattr extras = extrasOf(source.get());
    // Sizes of allocations can only be set while there are none.
    struct fsxattr first = extras;
    first.fsx_xflags &= ~kSetLast;
    setExtras(target.get(), first, path);
    data_.run(source.get(), target.get(), status, path);
    finish(from, to, status, path);
    if ((extras.fsx_xflags & kSetLast) == 0) return;
    if (status.st_nlink > 1) {
      last_.emplace_back(path, extras);  // it may get more names yet
    } else {
      setExtras(target.get(), extras, path);
    }
  }

  static void link(const Place& from, const Place& to, const std::string& path) {
    std::array<char, 4097> target{};
    const ssize_t length = ::readlinkat(from.folder, from.name, target.data(), target.size() - 1);
    if (length < 0) fail(path, "cannot be read");
    if (::symlinkat(target.data(), to.folder, to.name) != 0) fail(path, "cannot be made");
  }

  // In this order: a new owner takes capabilities and set-id bits away, an access list changes the
  // mode, and everything changes times.
  static void finish(const Place& from, const Place& to, const struct stat& status,
                     const std::string& path) {
    if (::fchownat(to.folder, to.name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0) {
      fail(path, "cannot be given its owner");
    }
    copyAttributes(from, to, path);
    if (!S_ISLNK(status.st_mode) &&
        ::fchmodat(to.folder, to.name, status.st_mode & 07777, 0) != 0) {
      fail(path, "cannot be given its mode");
    }
    const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
    if (::utimensat(to.folder, to.name, times.data(), AT_SYMLINK_NOFOLLOW) != 0) {
      fail(path, "cannot be given its times");
    }
  }

  int root_;
  DataCopy data_;
  std::unordered_map<ino_t, std::string> names_;  // of files with several: the first
  std::vector<std::pair<std::string, struct fsxattr>> last_;
};

}  // namespace

TreeSize measureTree(int root) {
  return Measure().run(root);
}

void copyTree(int from, int to) {
  Copier(to).run(from);
}

}  // namespace disktwin
