// Files of a volume, put into a folder.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "clone/files/file_tree.h"
#include "platform/output_folder.h"

namespace disktwin::files {

struct Extracted {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct ExtractOptions {
  // Called with what is left out (devices, what cannot be read), and why.
  std::function<void(const std::string& path, const std::string& why)> leftOut{};
  std::function<void(std::uint64_t bytes)> progress{};
};

// A file, or a folder with all that is in it, under its own name; of "" (the root) what is in it.
// Folders, regular files and links, with permissions and times; owners, attributes and hard links
// are not kept. What cannot be read below a folder is left out. Throws Error(Failed) when there is
// nothing of that name, Error(Read), Error(Cancelled), and what OutputFolder's members throw.
Extracted extract(FileTree& tree, const std::string& path, OutputFolder& folder,
                  const ExtractOptions& options);

}  // namespace disktwin::files
