#include "platform/kernel_edit.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "platform/error.h"
#include "platform/linux/descriptor.h"
#include "platform/linux/mounted_copy.h"

namespace disktwin {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw Error(ErrorKind::Failed, path, std::strerror(errno));
}

Descriptor openInside(int root, const std::string& path) {
  struct open_how how {};
  how.flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  Descriptor out(static_cast<int>(::syscall(__NR_openat2, root, path.c_str(), &how, sizeof how)));
  if (!out.valid()) fail(path);
  return out;
}

void writeAll(int file, const std::string& content, const std::string& path) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t count =
        ::pwrite(file, content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail(path);
    done += static_cast<std::size_t>(count);
  }
}

std::string readAll(int file, std::size_t most, const std::string& path) {
  std::string out(most, '\0');
  for (std::size_t done = 0;;) {
    const ssize_t count =
        ::pread(file, out.data() + done, out.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path);
    done += static_cast<std::size_t>(count);
    if (count > 0 && done < out.size()) continue;
    out.resize(done);
    return out;
  }
}

void overwrite(int root, const std::string& path, const std::string& before,
               const std::string& content) {
  const Descriptor file = openInside(root, path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(path);
  if (!S_ISREG(status.st_mode) || readAll(file.get(), before.size() + 1, path) != before) {
    throw Error(ErrorKind::Failed, path, "is not the file that was read before");
  }
  writeAll(file.get(), content, path);
  if (::ftruncate(file.get(), static_cast<off_t>(content.size())) != 0) fail(path);
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(file.get(), times.data()) != 0 || ::fsync(file.get()) != 0) fail(path);
}

}  // namespace

void overwriteByKernel(const std::string& file, const std::string& type, const std::string& path,
                       const std::string& before, const std::string& content) {
  workOnMounted([&](int root) { overwrite(root, path, before, content); }, file, type);
}

}  // namespace disktwin
