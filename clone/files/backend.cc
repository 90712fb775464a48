#include "clone/files/backend.h"

#include <algorithm>

namespace disktwin::files {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), lower);
  return text;
}

}  // namespace

bool sameButForCase(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

Hash128 hashOfNamed(const std::map<std::string, Hash128>& all) {
  if (all.empty()) return {};
  Hasher hasher;
  for (const auto& [name, hash] : all) {
    hasher.add(hashOf(std::as_bytes(std::span(name))));
    hasher.add(hash);
  }
  return hasher.result();
}

std::optional<Backend::Node> Backend::find(Node folder, const std::string& name) {
  if (rememberedFolder_ != folder) {
    rememberedFolder_.reset();
    names_.clear();
    lowerNames_.clear();
    list(folder, [this](const std::string& found, Node node, NodeType) {
      names_.emplace(found, node);
      if (ignoresCase()) lowerNames_.emplace(lowered(found), node);
    });
    rememberedFolder_ = folder;
  }
  const auto exact = names_.find(name);
  if (exact != names_.end()) return exact->second;
  const auto other = lowerNames_.find(lowered(name));
  return other == lowerNames_.end() ? std::nullopt : std::optional(other->second);
}

}  // namespace disktwin::files
