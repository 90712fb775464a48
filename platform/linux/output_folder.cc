#include "platform/output_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/error.h"
#include "platform/linux/descriptor.h"
#include "platform/linux/ownership.h"
#include "platform/printable.h"

namespace disktwin {
namespace {

// What is extracted belongs to who does it, and must not lend that to others.
constexpr std::uint32_t kPermissions = 0777;

[[noreturn]] void fail(const std::string& subject, const char* what) {
  const int error = errno;
  if (error == EEXIST) {
    throw Error(ErrorKind::Refused, subject, "is there already, and is not replaced",
                "name another folder, or remove it");
  }
  if (error == ELOOP || error == ENOTDIR) {
    throw Error(ErrorKind::Refused, subject, "something that is no folder is in the way",
                "name another folder");
  }
  const bool full = error == ENOSPC || error == EDQUOT;
  throw Error(full ? ErrorKind::NoSpace : ErrorKind::Write, subject,
              fmt::format("{}: {}", what, std::strerror(error)));
}

bool isName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('\0') == name.npos;
}

void setTime(int fd, std::int64_t modified, std::uint32_t nanos) {
  const timespec times[2] = {
      {0, UTIME_OMIT},
      {static_cast<time_t>(modified), std::min<long>(static_cast<long>(nanos), 999'999'999)}};
  ::futimens(fd, times);  // a file system that cannot hold it leaves it out
}

}  // namespace

struct OutputFolder::State {
  std::string path;
  Descriptor root;
  Descriptor file;  // that is being written
  Descriptor fileIn;
  std::string fileName, filePath;

  std::string subject(const std::string& inside) const {
    return printable(inside.empty() ? path : path + "/" + inside);
  }

  // The folder of the last name of `inside`, and that name.
  std::pair<Descriptor, std::string> parentOf(const std::string& inside) const {
    Descriptor at(::fcntl(root.get(), F_DUPFD_CLOEXEC, 0));
    for (std::size_t from = 0;;) {
      const std::size_t slash = inside.find('/', from);
      std::string name = inside.substr(from, slash == inside.npos ? slash : slash - from);
      if (!isName(name)) {
        throw Error(ErrorKind::Refused, subject(inside), "a name that leads elsewhere");
      }
      if (slash == inside.npos) return {std::move(at), std::move(name)};
      Descriptor next(
          ::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!next.valid()) fail(subject(inside), "its folder cannot be opened");
      at = std::move(next);
      from = slash + 1;
    }
  }
};

OutputFolder::OutputFolder(const std::string& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  while (state_->path.size() > 1 && state_->path.ends_with('/')) state_->path.pop_back();
  const bool isNew = ::mkdir(state_->path.c_str(), 0777) == 0;
  if (!isNew && errno != EEXIST) fail(state_->path, "cannot be made");
  state_->root = Descriptor(::open(state_->path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!state_->root.valid()) fail(state_->path, "cannot be opened");
  if (isNew) giveToAsker(state_->root.get());
}

OutputFolder::~OutputFolder() {
  dropFile();
}

void OutputFolder::dropFile() {
  if (!state_->file.valid()) return;
  ::unlinkat(state_->fileIn.get(), state_->fileName.c_str(), 0);
  state_->file = Descriptor();
}

void OutputFolder::makeFolder(const std::string& path) {
  const auto [parent, name] = state_->parentOf(path);
  if (::mkdirat(parent.get(), name.c_str(), 0700) == 0) {
    // At once: one that is never finished could not even be removed by who asked for it.
    giveToAsker(parent.get(), name.c_str());
    return;
  }
  if (errno != EEXIST) fail(state_->subject(path), "cannot be made");
  struct stat info {};
  if (::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISDIR(info.st_mode)) {
    errno = EEXIST;
    fail(state_->subject(path), "cannot be made");
  }
}

void OutputFolder::finishFolder(const std::string& path, std::uint32_t mode, std::int64_t modified,
                                std::uint32_t nanos) {
  const auto [parent, name] = state_->parentOf(path);
  const Descriptor folder(
      ::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.valid()) fail(state_->subject(path), "cannot be opened");
  ::fchmod(folder.get(), (mode & kPermissions) | S_IRWXU);
  setTime(folder.get(), modified, nanos);
}

void OutputFolder::makeLink(const std::string& path, const std::string& leadsTo) {
  const auto [parent, name] = state_->parentOf(path);
  if (::symlinkat(leadsTo.c_str(), parent.get(), name.c_str()) != 0) {
    fail(state_->subject(path), "cannot be made");
  }
  giveToAsker(parent.get(), name.c_str());
}

void OutputFolder::beginFile(const std::string& path) {
  dropFile();
  auto [parent, name] = state_->parentOf(path);
  Descriptor file(::openat(parent.get(), name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) fail(state_->subject(path), "cannot be made");
  state_->file = std::move(file);
  state_->fileIn = std::move(parent);
  state_->fileName = std::move(name);
  state_->filePath = path;
}

void OutputFolder::write(std::span<const std::byte> data) {
  while (!data.empty()) {
    const ssize_t put = ::write(state_->file.get(), data.data(), data.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) fail(state_->subject(state_->filePath), "cannot be written");
    data = data.subspan(static_cast<std::size_t>(put));
  }
}

void OutputFolder::endFile(std::uint32_t mode, std::int64_t modified, std::uint32_t nanos) {
  giveToAsker(state_->file.get());
  ::fchmod(state_->file.get(), mode & kPermissions);
  setTime(state_->file.get(), modified, nanos);
  const int descriptor = state_->file.release();
  // Some file systems say only now that there was no room.
  if (::close(descriptor) != 0 && errno != EINTR) {
    const int error = errno;
    ::unlinkat(state_->fileIn.get(), state_->fileName.c_str(), 0);
    errno = error;
    fail(state_->subject(state_->filePath), "cannot be written");
  }
}

}  // namespace disktwin
