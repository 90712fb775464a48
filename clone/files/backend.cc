#include "clone/files/backend.h"

#include <algorithm>

namespace disktwin::files {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool sameButForCase(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<Backend::Node> Backend::find(Node folder, const std::string& name) {
  std::optional<Node> exact;
  std::optional<Node> other;
  list(folder, [&](const std::string& found, Node node, NodeType) {
    if (found == name) {
      exact = node;
    } else if (ignoresCase() && sameButForCase(found, name)) {
      other = node;
    }
  });
  return exact ? exact : other;
}

}  // namespace disktwin::files
