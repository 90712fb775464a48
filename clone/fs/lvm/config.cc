#include "clone/fs/lvm/config.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "clone/fs/lvm/unproven.h"
#include "platform/printable.h"

namespace disktwin::fs::lvm {
namespace {

// group, "logical_volumes", volume, "segment1": LVM nests no deeper than this.
constexpr int kDeepest = 16;
// Some 30 MiB of nodes. A logical volume has about twenty.
constexpr std::size_t kMostNodes = 600'000;

bool isSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

bool endsWord(char c) {
  return isSpace(c) || std::string_view("{}[]=,#\"").find(c) != std::string_view::npos;
}

}  // namespace

class ConfigParser {
 public:
  explicit ConfigParser(Config& out) : out_(out), text_(out.text_) {}

  void run() {
    out_.nodes_.push_back({.kind = Config::Node::Kind::Section});
    sectionBody(0, 0);
  }

 private:
  using Node = Config::Node;

  [[noreturn]] void fail(const char* what) const {
    throw Unproven{fmt::format("its description of the volume group makes no sense at byte {}: {}",
                               at_, what)};
  }

  bool atEnd() const { return at_ >= text_.size(); }
  char peek() const { return atEnd() ? '\0' : text_[at_]; }

  void skipSpace() {
    while (!atEnd()) {
      if (text_[at_] == '#') {
        const std::size_t end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
      } else if (isSpace(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  bool take(char c) {
    skipSpace();
    if (peek() != c || atEnd()) return false;
    ++at_;
    return true;
  }

  // Adds a node behind `last`, or as the first one of `parent`.
  std::uint32_t append(std::uint32_t parent, std::uint32_t& last, Node node) {
    if (out_.nodes_.size() >= kMostNodes) fail("it is too long");
    const auto index = static_cast<std::uint32_t>(out_.nodes_.size());
    out_.nodes_.push_back(node);
    (last == 0 ? out_.nodes_[parent].child : out_.nodes_[last].next) = index;
    last = index;
    return index;
  }

  void sectionBody(std::uint32_t self, int depth) {
    if (depth > kDeepest) fail("sections are nested too deep");
    std::uint32_t last = 0;
    for (;;) {
      skipSpace();
      if (atEnd()) {
        if (depth != 0) fail("a section has no end");
        return;
      }
      if (depth != 0 && take('}')) return;
      const std::string_view name = peek() == '"' ? string() : word();
      if (take('{')) {
        sectionBody(append(self, last, {.kind = Node::Kind::Section, .name = name}), depth + 1);
      } else if (take('=')) {
        value(self, last, name);
      } else {
        fail("a name is followed by neither '=' nor '{'");
      }
    }
  }

  void value(std::uint32_t parent, std::uint32_t& last, std::string_view name) {
    if (!take('[')) {
      Node node = scalar();
      node.name = name;
      append(parent, last, node);
      return;
    }
    const std::uint32_t list = append(parent, last, {.kind = Node::Kind::List, .name = name});
    std::uint32_t lastInList = 0;
    if (take(']')) return;
    do {
      skipSpace();
      append(list, lastInList, scalar());
    } while (take(','));
    if (!take(']')) fail("a list has no end");
  }

  Node scalar() {
    skipSpace();
    if (peek() == '"') return {.kind = Node::Kind::String, .text = string()};
    const std::string_view found = word();
    Node out{.text = found};
    const char* end = found.data() + found.size();
    const auto [stop, error] = std::from_chars(found.data(), end, out.number);
    out.kind = error == std::errc() && stop == end ? Node::Kind::Number : Node::Kind::Other;
    return out;
  }

  std::string_view word() {
    const std::size_t from = at_;
    while (!atEnd() && !endsWord(text_[at_])) ++at_;
    if (at_ == from) fail("a name or a value is missing");
    return text_.substr(from, at_ - from);
  }

  // Between quotes; a backslash takes the next character as it is.
  std::string_view string() {
    const std::size_t from = ++at_;
    bool hasEscapes = false;
    while (!atEnd() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        hasEscapes = true;
        ++at_;
      }
      ++at_;
    }
    if (atEnd()) fail("a string has no end");
    const std::string_view raw = text_.substr(from, at_++ - from);
    return hasEscapes ? unescaped(raw) : raw;
  }

  std::string_view unescaped(std::string_view raw) {
    std::string plain;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\\') ++i;
      plain += raw[i];
    }
    return out_.unescaped_.emplace_back(std::move(plain));
  }

  Config& out_;
  std::string_view text_;
  std::size_t at_ = 0;
};

Config::Config(std::string text) : text_(std::move(text)) {
  ConfigParser(*this).run();
}

const Config::Node* Config::find(const Node& in, std::string_view name) const {
  const Node* found = nullptr;
  each(in, [&](const Node& node) {
    if (node.name != name) return;
    if (found != nullptr) {
      throw Unproven{fmt::format("its description of the volume group says twice what {} is",
                                 printable(name))};
    }
    found = &node;
  });
  return found;
}

const Config::Node* Config::ofKind(const Node& in, std::string_view name, Node::Kind kind) const {
  const Node* found = find(in, name);
  if (found != nullptr && found->kind != kind) {
    throw Unproven{
        fmt::format("its description of the volume group has a {} of another kind than"
                    " was expected",
                    printable(name))};
  }
  return found;
}

const Config::Node* Config::section(const Node& in, std::string_view name) const {
  return ofKind(in, name, Node::Kind::Section);
}

const Config::Node* Config::list(const Node& in, std::string_view name) const {
  return ofKind(in, name, Node::Kind::List);
}

std::optional<std::uint64_t> Config::number(const Node& in, std::string_view name) const {
  const Node* found = ofKind(in, name, Node::Kind::Number);
  return found != nullptr ? std::optional(found->number) : std::nullopt;
}

std::optional<std::string_view> Config::string(const Node& in, std::string_view name) const {
  const Node* found = ofKind(in, name, Node::Kind::String);
  return found != nullptr ? std::optional(found->text) : std::nullopt;
}

std::uint64_t Config::needNumber(const Node& in, std::string_view name) const {
  if (const auto found = number(in, name)) return *found;
  throw Unproven{fmt::format("its description of the volume group lacks a {}", name)};
}

std::string_view Config::needString(const Node& in, std::string_view name) const {
  if (const auto found = string(in, name)) return *found;
  throw Unproven{fmt::format("its description of the volume group lacks a {}", name)};
}

}  // namespace disktwin::fs::lvm
