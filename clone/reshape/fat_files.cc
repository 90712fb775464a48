#include "clone/reshape/fat_files.h"

#include <fmt/format.h>

#include "clone/reshape/reshaper.h"
#include "platform/program.h"
#include "platform/size_text.h"

namespace disktwin::reshape {

std::string whyNotPut(const fs::VolumeInfo& info, std::size_t size) {
  const std::string why = missing({"mcopy", "mmd", "mdir"}, "mtools");
  if (!why.empty()) return why;
  // Folders, and what is lost at the ends of clusters.
  const std::uint64_t needed = size + 8 * std::uint64_t{info.blockSize};
  const std::uint64_t free = info.size > info.used ? info.size - info.used : 0;
  return needed <= free
             ? ""
             : fmt::format("it takes {}, and {} are free", formatSize(needed), formatSize(free));
}

void putFile(const std::string& file, const std::string& path, const std::string& content) {
  for (std::size_t at = path.find('/', 1); at != path.npos; at = path.find('/', at + 1)) {
    const std::string folder = "::" + path.substr(0, at);
    if (runProgram({"mdir", "-i", file, "-b", folder}).status != 0) {
      runTool({"mmd", "-i", file, folder}, {0});
    }
  }
  runTool({"mcopy", "-i", file, "-D", "o", "-", "::" + path}, {0}, content);
}

}  // namespace disktwin::reshape
