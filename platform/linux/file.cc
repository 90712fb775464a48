#include "platform/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "platform/aligned_buffer.h"
#include "platform/error.h"
#include "platform/linux/descriptor.h"
#include "platform/linux/ownership.h"

namespace disktwin {

struct File::State {
  std::string path;
  Descriptor cached;
  Descriptor direct;  // invalid where O_DIRECT is not to be had
  Descriptor claim;   // keeps others from mounting it
  FileKind kind = FileKind::Regular;
  std::uint64_t size = 0;
  std::uint32_t logical = 512;
  std::uint32_t physical = 512;
};

namespace {

[[noreturn]] void failOpen(const std::string& path, bool writing) {
  const int error = errno;
  const std::string why = std::strerror(error);
  switch (error) {
    case ENOENT:
    case ENXIO:
      throw Error(ErrorKind::Failed, path, "not found",
                  "`disktwin list` shows the disks of this machine");
    case EACCES:
    case EPERM:
      throw Error(ErrorKind::Failed, path,
                  fmt::format("no permission to {} it", writing ? "write" : "read"),
                  ::geteuid() == 0 ? "the system forbids it even to root"
                                   : "run it as root (sudo), or use a file of your own");
    case EBUSY:
      throw Error(ErrorKind::Refused, path, "in use: the kernel has it mounted or held",
                  "unmount it, or stop what uses it, and try again");
    case EROFS:
      throw Error(ErrorKind::Refused, path, "is read-only",
                  "choose another target, or remove the write protection");
    default:
      throw Error(ErrorKind::Failed, path, "cannot be opened: " + why);
  }
}

[[noreturn]] void failKind(const std::string& path) {
  throw Error(ErrorKind::Failed, path, "neither a block device nor a regular file",
              "name a disk, a partition or a file that holds one");
}

bool isSectorSize(std::uint64_t size) {
  return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

}  // namespace

File::File(std::unique_ptr<State> state) : state_(std::move(state)) {}
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;
File::~File() = default;

const std::string& File::path() const {
  return state_->path;
}
FileKind File::kind() const {
  return state_->kind;
}
std::uint64_t File::size() const {
  return state_->size;
}
std::uint32_t File::logicalSectorSize() const {
  return state_->logical;
}
std::uint32_t File::physicalSectorSize() const {
  return state_->physical;
}
int File::descriptor() const {
  return state_->cached.get();
}

namespace {

void describeDevice(int fd, const std::string& path, std::uint64_t& size, std::uint32_t& logical,
                    std::uint32_t& physical) {
  int logicalSize = 0;
  unsigned physicalSize = 0;
  if (::ioctl(fd, BLKGETSIZE64, &size) != 0 || ::ioctl(fd, BLKSSZGET, &logicalSize) != 0) {
    throw Error(ErrorKind::Failed, path,
                fmt::format("its size cannot be asked: {}", std::strerror(errno)));
  }
  if (!isSectorSize(static_cast<std::uint64_t>(logicalSize))) {
    throw Error(
        ErrorKind::Failed, path,
        fmt::format("sector size {}, expected a power of two from 512 to 65536", logicalSize));
  }
  logical = static_cast<std::uint32_t>(logicalSize);
  physical = logical;
  if (::ioctl(fd, BLKPBSZGET, &physicalSize) == 0 && isSectorSize(physicalSize)) {
    physical = physicalSize;
  }
}

}  // namespace

File File::openRead(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->cached = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!state->cached.valid()) failOpen(path, false);
  struct stat info {};
  if (::fstat(state->cached.get(), &info) != 0) failOpen(path, false);
  if (S_ISBLK(info.st_mode)) {
    state->kind = FileKind::BlockDevice;
    describeDevice(state->cached.get(), path, state->size, state->logical, state->physical);
    state->direct = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT));
  } else if (S_ISREG(info.st_mode)) {
    state->size = static_cast<std::uint64_t>(info.st_size);
  } else {
    failKind(path);
  }
  return File(std::move(state));
}

namespace {

// The same file or device once more, with other flags, and not whatever has its name by now.
Descriptor reopened(const Descriptor& file, int flags) {
  const std::string self = fmt::format("/proc/self/fd/{}", file.get());
  return Descriptor(::open(self.c_str(), flags | O_CLOEXEC));
}

std::string folderOf(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

File File::openWrite(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->cached = Descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!state->cached.valid()) failOpen(path, true);
  struct stat info {};
  if (::fstat(state->cached.get(), &info) != 0) failOpen(path, true);
  if (S_ISREG(info.st_mode)) {
    state->size = static_cast<std::uint64_t>(info.st_size);
    return File(std::move(state));
  }
  if (!S_ISBLK(info.st_mode)) failKind(path);
  state->kind = FileKind::BlockDevice;
  Descriptor claimed = reopened(state->cached, O_RDWR | O_EXCL);
  if (!claimed.valid()) failOpen(path, true);
  state->cached = std::move(claimed);
  describeDevice(state->cached.get(), path, state->size, state->logical, state->physical);
  int readOnly = 0;
  if (::ioctl(state->cached.get(), BLKROGET, &readOnly) == 0 && readOnly != 0) {
    errno = EROFS;
    failOpen(path, true);
  }
  state->direct = reopened(state->cached, O_RDWR | O_DIRECT);
  return File(std::move(state));
}

bool File::isStillNamed(const std::string& path) const {
  struct stat mine {};
  struct stat named {};
  if (::fstat(state_->cached.get(), &mine) != 0 || ::stat(path.c_str(), &named) != 0) return false;
  return state_->kind == FileKind::BlockDevice
             ? S_ISBLK(named.st_mode) && mine.st_rdev == named.st_rdev
             : mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

bool File::claim() {
  if (state_->kind != FileKind::BlockDevice) return true;
  state_->claim = reopened(state_->cached, O_RDONLY | O_EXCL);
  return state_->claim.valid() || errno != EBUSY;
}

File File::create(const std::string& path, std::uint64_t size) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->cached = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!state->cached.valid() && errno == EEXIST) {
    throw Error(ErrorKind::Refused, path, "has come into being meanwhile", "start again");
  }
  if (!state->cached.valid()) {
    throw Error(ErrorKind::Failed, path,
                fmt::format("cannot be created: {}", std::strerror(errno)));
  }
  if (::ftruncate(state->cached.get(), static_cast<off_t>(size)) != 0) {
    const std::string why = std::strerror(errno);
    ::unlink(path.c_str());
    throw Error(ErrorKind::Failed, path, fmt::format("cannot be made {} bytes long: {}", size, why),
                "the file system there may have a limit on file sizes");
  }
  state->size = size;
  giveToAsker(state->cached.get());
  // Its name has to survive a power failure as well as its bytes.
  const Descriptor folder(::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.valid()) ::fsync(folder.get());
  return File(std::move(state));
}

File File::temporary(std::uint64_t size) {
  const char* wanted = std::getenv("TMPDIR");
  auto state = std::make_unique<State>();
  const std::string folder = wanted != nullptr && *wanted != '\0' ? wanted : "/tmp";
  state->path = "temporary file in " + folder;
  state->cached = Descriptor(::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  if (!state->cached.valid() || ::ftruncate(state->cached.get(), static_cast<off_t>(size)) != 0) {
    throw Error(ErrorKind::Failed, state->path,
                fmt::format("cannot be made: {}", std::strerror(errno)),
                "set TMPDIR to a folder with room");
  }
  state->size = size;
  return File(std::move(state));
}

namespace {

// Whether this access can go past the page cache: offset, length and memory aligned.
bool fitsDirect(std::uint32_t sector, std::uint64_t offset, std::size_t length,
                const void* memory) {
  return offset % sector == 0 && length % sector == 0 &&
         reinterpret_cast<std::uintptr_t>(memory) % AlignedBuffer::kAlignment == 0;
}

}  // namespace

void File::readAt(std::uint64_t offset, std::span<std::byte> out) const {
  const Extent whole{offset, out.size()};
  if (!extentFits(offset, out.size(), state_->size)) {
    throw Error(ErrorKind::Read, state_->path,
                fmt::format("bytes {} to {} lie beyond its end at {}", offset, offset + out.size(),
                            state_->size),
                {}, whole);
  }
  const bool direct =
      state_->direct.valid() && fitsDirect(state_->logical, offset, out.size(), out.data());
  const int fd = direct ? state_->direct.get() : state_->cached.get();
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw Error(ErrorKind::Read, state_->path,
                  fmt::format("read error at byte {}: {}", offset + done, std::strerror(errno)), {},
                  Extent{offset + done, out.size() - done});
    }
    if (got == 0) {
      throw Error(ErrorKind::Read, state_->path,
                  fmt::format("ended at byte {}, expected {}", offset + done, state_->size),
                  "it became shorter while it was read", Extent{offset + done, out.size() - done});
    }
    done += static_cast<std::size_t>(got);
  }
}

void File::writeAt(std::uint64_t offset, std::span<const std::byte> data) {
  const bool direct =
      state_->direct.valid() && fitsDirect(state_->logical, offset, data.size(), data.data());
  const int fd = direct ? state_->direct.get() : state_->cached.get();
  std::size_t done = 0;
  while (done < data.size()) {
    const ssize_t put =
        ::pwrite(fd, data.data() + done, data.size() - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      const int error = put < 0 ? errno : EIO;
      const bool full = state_->kind == FileKind::Regular && (error == ENOSPC || error == EDQUOT);
      throw Error(full ? ErrorKind::NoSpace : ErrorKind::Write, state_->path,
                  fmt::format("write error at byte {}: {}", offset + done, std::strerror(error)),
                  full ? "free some space there, or choose another place" : "",
                  Extent{offset + done, data.size() - done});
    }
    done += static_cast<std::size_t>(put);
  }
}

void File::zeroRange(Extent range) {
  if (range.empty()) return;
  if (state_->kind == FileKind::BlockDevice) {
    std::uint64_t bounds[2] = {range.offset, range.length};
    if (::ioctl(state_->cached.get(), BLKZEROOUT, bounds) == 0) return;
  } else if (::fallocate(state_->cached.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                         static_cast<off_t>(range.offset), static_cast<off_t>(range.length)) == 0) {
    return;
  }
  // Neither is promised to work everywhere; writing zeroes is.
  const AlignedBuffer zeroes(std::min<std::uint64_t>(range.length, MiB));
  std::memset(zeroes.data(), 0, zeroes.size());
  for (std::uint64_t done = 0; done < range.length;) {
    const auto part = std::min<std::uint64_t>(range.length - done, zeroes.size());
    writeAt(range.offset + done, zeroes.first(static_cast<std::size_t>(part)));
    done += part;
  }
}

void File::truncate(std::uint64_t size) {
  if (::ftruncate(state_->cached.get(), static_cast<off_t>(size)) != 0) {
    throw Error(ErrorKind::Write, state_->path,
                fmt::format("cannot be cut to {} bytes: {}", size, std::strerror(errno)));
  }
  state_->size = size;
}

bool File::lock() {
  return ::flock(state_->cached.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

namespace {

// Where the file system cannot do it at once, a name that comes into being between the two calls is
// lost; there is no better way.
bool renameKeeping(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  if (::access(to.c_str(), F_OK) == 0) {
    errno = EEXIST;
    return false;
  }
  return ::rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

void renameDurably(const std::string& from, const std::string& to, bool replace) {
  const bool done = replace ? ::rename(from.c_str(), to.c_str()) == 0 : renameKeeping(from, to);
  if (!done && errno == EEXIST) {
    throw Error(ErrorKind::Refused, to, "has come into being meanwhile",
                fmt::format("all that was written is in {}: give it a name yourself", from));
  }
  if (!done) {
    throw Error(ErrorKind::Write, to,
                fmt::format("{} cannot be given this name: {}", from, std::strerror(errno)));
  }
  const Descriptor folder(::open(folderOf(to).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.valid()) ::fsync(folder.get());
}

void File::flush() {
  while (::fsync(state_->cached.get()) != 0) {
    if (errno == EINTR) continue;
    const bool full = errno == ENOSPC || errno == EDQUOT;
    throw Error(full ? ErrorKind::NoSpace : ErrorKind::Write, state_->path,
                fmt::format("what was written did not reach the medium: {}", std::strerror(errno)));
  }
}

bool mayWrite(const std::string& path) {
  return ::access(path.c_str(), W_OK) == 0;
}

void File::dropCaches() {
  if (state_->kind == FileKind::BlockDevice) ::ioctl(state_->cached.get(), BLKFLSBUF, 0);
  ::posix_fadvise(state_->cached.get(), 0, 0, POSIX_FADV_DONTNEED);
}

void File::prefetch(Extent range) const {
  ::posix_fadvise(state_->cached.get(), static_cast<off_t>(range.offset),
                  static_cast<off_t>(range.length), POSIX_FADV_WILLNEED);
}

Extent File::nextData(std::uint64_t from) const {
  const std::uint64_t size = state_->size;
  if (from >= size) return {size, 0};
  if (state_->kind == FileKind::BlockDevice) return {from, size - from};
  const off_t data = ::lseek(state_->cached.get(), static_cast<off_t>(from), SEEK_DATA);
  if (data < 0) {
    const int error = errno;
    struct stat now {};
    const bool shorter =
        ::fstat(state_->cached.get(), &now) == 0 && static_cast<std::uint64_t>(now.st_size) < size;
    // Nothing but a hole follows; or the file ends there now, which reading it will tell.
    return error == ENXIO && !shorter ? Extent{size, 0} : Extent{from, size - from};
  }
  const off_t hole = ::lseek(state_->cached.get(), data, SEEK_HOLE);
  const auto start = std::min(static_cast<std::uint64_t>(data), size);
  const auto stop = hole < 0 ? size : std::min(static_cast<std::uint64_t>(hole), size);
  return {start, stop - start};
}

}  // namespace disktwin
