#include "clone/files/backend.h"

#include <algorithm>
#include <utility>

namespace disktwin::files {
namespace {

constexpr std::size_t kMostRemembered = 64;
constexpr std::size_t kMostNames = 200'000;  // of all, unless one folder has more

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

// A path goes through the same few folders again and again.
const Backend::Remembered& Backend::remember(Node folder) {
  const auto known = std::ranges::find(remembered_, folder, &Remembered::folder);
  if (known != remembered_.end()) {
    remembered_.splice(remembered_.begin(), remembered_, known);
    return remembered_.front();
  }
  Remembered made{folder, {}, {}};
  list(folder, [&](const std::string& name, Node node, NodeType) {
    made.names.emplace(name, node);
    if (ignoresCase()) made.lowerNames.emplace(lowered(name), node);
  });
  remembered_.push_front(std::move(made));
  forgetSome();
  return remembered_.front();
}

void Backend::forgetSome() {
  std::size_t names = 0;
  for (const Remembered& one : remembered_) names += one.names.size();
  while (remembered_.size() > 1 && (remembered_.size() > kMostRemembered || names > kMostNames)) {
    names -= remembered_.back().names.size();
    remembered_.pop_back();
  }
}

std::optional<Backend::Node> Backend::find(Node folder, const std::string& name) {
  const Remembered& known = remember(folder);
  const auto exact = known.names.find(name);
  if (exact != known.names.end()) return exact->second;
  const auto other = known.lowerNames.find(lowered(name));
  return other == known.lowerNames.end() ? std::nullopt : std::optional(other->second);
}

}  // namespace disktwin::files
