#include "gui/window/scratch.h"

#include <cstdlib>
#include <filesystem>

namespace disktwin::gui {

namespace stdfs = std::filesystem;

Scratch::~Scratch() {
  clear();
}

std::string Scratch::folder() {
  std::error_code failed;
  if (path_.empty()) {
    std::string pattern = (stdfs::temp_directory_path(failed) / "disktwin-XXXXXX").string();
    if (failed || !::mkdtemp(pattern.data())) return {};
    path_ = pattern;
  }
  const std::string out = path_ + "/" + std::to_string(next_++);
  return stdfs::create_directory(out, failed) ? out : std::string();
}

void Scratch::clear() {
  std::error_code ignored;
  if (!path_.empty()) stdfs::remove_all(path_, ignored);
  path_.clear();
}

}  // namespace disktwin::gui
