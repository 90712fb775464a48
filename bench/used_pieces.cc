#include "bench/used_pieces.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "clone/io/file_reader.h"
#include "clone/plan/survey.h"
#include "platform/error.h"
#include "platform/file.h"

namespace disktwin::bench {

std::vector<Extent> usedPieces(const std::string& path, std::uint64_t most) {
  const auto disk = std::make_shared<FileReader>(File::openRead(path));
  std::vector<Extent> out;
  for (const plan::Volume& volume : plan::survey(disk).volumes) {
    const ExtentSet used =
        volume.fs ? volume.fs->used().extents : ExtentSet{{0, volume.bytes.length}};
    for (Extent rest : used.aligned(4096, volume.bytes.length).shiftedUp(volume.bytes.offset)) {
      while (!rest.empty()) {
        const std::uint64_t end = std::min(roundDown(rest.offset, most) + most, rest.end());
        out.push_back({rest.offset, end - rest.offset});
        rest = {end, rest.end() - end};
      }
    }
  }
  return out;
}

int openDirect(const std::string& path, int flags) {
  int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_DIRECT);
  if (fd < 0) fd = ::open(path.c_str(), flags | O_CLOEXEC);  // tmpfs knows no direct I/O
  if (fd < 0) throw Error(ErrorKind::Failed, path, std::strerror(errno));
  return fd;
}

}  // namespace disktwin::bench
