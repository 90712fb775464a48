#include "gui/window/scratch.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace disktwin::gui {

namespace stdfs = std::filesystem;

Scratch::~Scratch() {
  clear();
}

std::string Scratch::folder() {
  std::error_code failed;
  sweep();
  if (path_.empty()) {
    std::string pattern = (stdfs::temp_directory_path(failed) / "disktwin-XXXXXX").string();
    if (failed || !::mkdtemp(pattern.data())) return {};
    path_ = pattern;
  }
  const std::string out = path_ + "/" + std::to_string(next_++);
  if (!stdfs::create_directory(out, failed)) return {};
  used_.insert(out);
  return out;
}

void Scratch::remove(const std::string& folder) {
  used_.erase(folder);
  sweep();
}

void Scratch::clear() {
  used_.clear();
  sweep();
}

void Scratch::sweep() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::vector<stdfs::path> left;
  for (const auto& entry : stdfs::directory_iterator(path_, ignored)) {
    if (!used_.contains(entry.path().string())) left.push_back(entry.path());
  }
  for (const stdfs::path& folder : left) stdfs::remove_all(folder, ignored);
  // With it gone, nobody can make a folder in it again.
  if (used_.empty() && stdfs::remove(path_, ignored)) path_.clear();
}

}  // namespace disktwin::gui
