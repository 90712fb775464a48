#include "clone/files/path_walk.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "platform/error.h"

namespace disktwin::files {
namespace {

// As many as Linux follows (MAXSYMLINKS).
constexpr int kMostLinks = 40;
constexpr std::size_t kMostComponents = 4096;

// Puts the components of `path` on top of what is still to be walked, the first uppermost.
void pushParts(std::string_view path, std::vector<std::string>& todo) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0 && path.substr(0, end) != ".") parts.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  if (todo.size() + parts.size() > kMostComponents) {
    throw Error(ErrorKind::Invalid, "path", "is too long");
  }
  todo.insert(todo.end(), parts.rbegin(), parts.rend());
}

}  // namespace

std::optional<Backend::Node> walk(Backend& backend, const std::string& path, bool follow) {
  std::vector<Backend::Node> above;
  Backend::Node here = backend.root();
  std::vector<std::string> todo;
  pushParts(path, todo);
  int links = 0;
  while (!todo.empty()) {
    const std::string name = std::move(todo.back());
    todo.pop_back();
    if (name == "..") {
      if (!above.empty()) {
        here = above.back();
        above.pop_back();
      }
      continue;
    }
    if (backend.info(here).type != NodeType::Folder) return std::nullopt;
    const std::optional<Backend::Node> next = backend.find(here, name);
    if (!next) return std::nullopt;
    if ((follow || !todo.empty()) && backend.info(*next).type == NodeType::Link) {
      if (++links > kMostLinks) throw Error(ErrorKind::Invalid, "path", "links go in circles");
      const std::string target = backend.readLink(*next);
      if (!target.empty() && target.front() == '/') {
        above.clear();
        here = backend.root();
      }
      pushParts(target, todo);
      continue;
    }
    above.push_back(here);
    here = *next;
  }
  return here;
}

}  // namespace disktwin::files
