#include "platform/small_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/error.h"
#include "platform/linux/descriptor.h"

namespace disktwin {

std::string readSmallFile(const std::string& path, std::size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string out(most + 1, '\0');
  std::size_t done = 0;
  while (file.valid() && done < out.size()) {
    const ssize_t got = ::read(file.get(), out.data() + done, out.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    if (got == 0) {
      out.resize(done);
      return out;
    }
    done += static_cast<std::size_t>(got);
  }
  if (done > most) {
    throw Error(ErrorKind::Failed, path, fmt::format("has more than {} bytes", most));
  }
  throw Error(ErrorKind::Failed, path, fmt::format("cannot be read: {}", std::strerror(errno)));
}

}  // namespace disktwin
