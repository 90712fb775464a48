#include "platform/record_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "platform/error.h"
#include "platform/linux/descriptor.h"
#include "platform/linux/text_file.h"

namespace disktwin {
namespace {

constexpr int kWaiting = 16;  // connections that nobody has taken yet

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::Failed, path, what);
}

std::string why() {
  return std::strerror(errno);
}

// Ours alone: nobody else can have put anything into it, or can take anything away.
void requireOurs(int folder, const std::string& path) {
  struct stat info {};
  if (::fstat(folder, &info) != 0) fail(path, why());
  if (info.st_uid != ::geteuid()) fail(path, "belongs to another user, expected who runs this");
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    fail(path, "can be written to by others, expected by its owner alone");
  }
}

// To search it is enough on the way; not every folder above one's own can be read.
Descriptor openFolder(int parent, const std::string& name, bool followLinks) {
  const int links = followLinks ? 0 : O_NOFOLLOW;
  return Descriptor(::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | links));
}

// Goes down from the root, making what is missing. In a folder that everybody shares no part of the
// way may be anybody else's; above one's own, links are one's own business.
Descriptor makeFolder(const std::string& path, bool isShared) {
  const mode_t mode = isShared ? 0755 : 0700;
  Descriptor at(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t from = 1; from < path.size();) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    const std::string name = path.substr(from, slash - from);
    const std::string here = path.substr(0, slash);
    from = slash + 1;
    if (name.empty()) continue;
    const bool isLast = slash == path.size();
    const bool isMade = ::mkdirat(at.get(), name.c_str(), mode) == 0;
    if (!isMade && errno != EEXIST && errno != EROFS && errno != EACCES) {
      fail(here, "cannot be made: " + why());
    }
    const int refused = errno;
    Descriptor next = openFolder(at.get(), name, !isShared && !isLast);
    if (!next.valid()) {
      if (errno == ENOENT) errno = refused;
      fail(here, "cannot be made or opened: " + why());
    }
    // Whatever the umask has taken away.
    if (isMade && ::fchmodat(at.get(), name.c_str(), mode, 0) != 0) fail(here, why());
    if (isShared || isLast) requireOurs(next.get(), here);
    at = std::move(next);
  }
  return at;
}

// A path of a socket may have 108 bytes; this one is always short.
std::optional<sockaddr_un> addressOf(int folder, const std::string& name) {
  const std::string path = fmt::format("/proc/self/fd/{}/{}", folder, name);
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.size() >= sizeof out.sun_path) return std::nullopt;
  std::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return out;
}

}  // namespace

GrowingFile::~GrowingFile() {
  ::close(descriptor_);
}

std::string GrowingFile::add(std::string_view line) {
  struct stat before {};
  if (::fstat(descriptor_, &before) != 0) return why();
  const std::string whole = std::string(line) + "\n";
  for (std::size_t done = 0; done < whole.size();) {
    const ssize_t put = ::write(descriptor_, whole.data() + done, whole.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put > 0) {
      done += static_cast<std::size_t>(put);
      continue;
    }
    const std::string because = why();
    // Half a line would spoil the next one.
    if (done > 0 && ::ftruncate(descriptor_, before.st_size) != 0) return because + "; " + why();
    return because;
  }
  return {};
}

ListeningSocket::~ListeningSocket() {
  ::close(descriptor_);
}

RecordFolder::RecordFolder(std::string path, bool isShared)
    : path_(std::move(path)), folder_(makeFolder(path_, isShared).release()) {}

RecordFolder::~RecordFolder() {
  ::close(folder_);
}

std::unique_ptr<GrowingFile> RecordFolder::create(const std::string& name, std::uint32_t owner) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file(::openat(folder_, name.c_str(), flags, 0600));
  if (!file.valid()) fail(path_, fmt::format("{} cannot be made: {}", name, why()));
  const bool isOthers = owner != ::geteuid();
  if (::fchmod(file.get(), 0600) != 0 ||
      (isOthers && ::fchown(file.get(), owner, static_cast<gid_t>(-1)) != 0)) {
    const std::string because = why();
    remove(name);
    fail(path_, fmt::format("{} cannot be made: {}", name, because));
  }
  return std::make_unique<GrowingFile>(file.release());
}

std::unique_ptr<ListeningSocket> RecordFolder::listen(const std::string& name,
                                                      std::uint32_t owner) {
  const std::optional<sockaddr_un> address = addressOf(folder_, name);
  if (!address) fail(path_, fmt::format("{} is too long for the name of a socket", name));
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) fail(path_, "no socket: " + why());
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    fail(path_, fmt::format("{} cannot be made: {}", name, why()));
  }
  // Nobody can connect before it listens.
  const bool isOthers = owner != ::geteuid();
  if (::fchmodat(folder_, name.c_str(), 0600, 0) != 0 ||
      (isOthers && ::fchownat(folder_, name.c_str(), owner, static_cast<gid_t>(-1),
                              AT_SYMLINK_NOFOLLOW) != 0) ||
      ::listen(socket.get(), kWaiting) != 0) {
    const std::string because = why();
    remove(name);
    fail(path_, fmt::format("{} cannot be made: {}", name, because));
  }
  return std::make_unique<ListeningSocket>(socket.release());
}

std::vector<RecordFolder::Entry> RecordFolder::entries() const {
  std::vector<Entry> out;
  for (const std::string& name : listFolder(fmt::format("/proc/self/fd/{}", folder_))) {
    struct stat info {};
    if (::fstatat(folder_, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISREG(info.st_mode) && !S_ISSOCK(info.st_mode)) continue;
    out.push_back({name, info.st_uid, S_ISSOCK(info.st_mode)});
  }
  return out;
}

bool RecordFolder::answers(const std::string& name) const {
  const std::optional<sockaddr_un> address = addressOf(folder_, name);
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!address || !socket.valid()) return true;  // not known; the safe side
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0) {
    return true;
  }
  return errno != ECONNREFUSED && errno != ENOENT;
}

void RecordFolder::remove(const std::string& name) noexcept {
  ::unlinkat(folder_, name.c_str(), 0);
}

}  // namespace disktwin
