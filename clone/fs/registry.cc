#include "clone/fs/registry.h"

#include <utility>

namespace disktwin::fs {

Recognised recognise(const ReaderPtr& volume, std::string_view without) {
  Recognised out;
  std::vector<std::unique_ptr<FileSystem>> found;
  for (const Registered& reader : readers()) {
    if (reader.folder == without) continue;
    if (auto fs = reader.open(volume)) found.push_back(std::move(fs));
  }
  if (found.size() == 1) {
    out.fs = std::move(found.front());
  } else {
    for (const auto& fs : found) out.ambiguous.push_back(fs->info().type);
  }
  return out;
}

}  // namespace disktwin::fs
