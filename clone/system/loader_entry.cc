#include "clone/system/loader_entry.h"

#include "clone/system/fields.h"
#include "platform/printable.h"

namespace disktwin::system {

LoaderEntry parseLoaderEntry(std::string_view text) {
  LoaderEntry out;
  for (const std::string_view line : linesOf(text)) {
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::size_t end = begin == line.npos ? line.npos : line.find_first_of(" \t", begin);
    if (end == line.npos) continue;
    const std::string_view key = line.substr(begin, end - begin);
    std::string_view value = line.substr(end);
    const std::size_t from = value.find_first_not_of(" \t");
    if (from == value.npos) continue;
    value.remove_prefix(from);
    if (key == "title") out.title = printable(value.substr(0, 256));
    if (key != "options") continue;
    while (!value.empty()) {
      const std::size_t length = std::min(value.find_first_of(" \t\r"), value.size());
      const std::string_view word = value.substr(0, length);
      if (word.starts_with("root=")) out.root = word.substr(5);
      value.remove_prefix(std::min(length + 1, value.size()));
    }
  }
  return out;
}

bool isKernelName(std::string_view name) {
  for (const std::string_view known :
       {"vmlinuz", "vmlinux", "bzImage", "kernel-", "Image-", "zImage"}) {
    if (name.starts_with(known)) return true;
  }
  return false;
}

}  // namespace disktwin::system
