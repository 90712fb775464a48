// The text in which LVM describes a volume group: sections in braces, and values that are numbers,
// strings or lists of both (lvm.conf(5) has the grammar, libdm/libdm-config.c the original).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace disktwin::fs::lvm {

// A parsed text. Views into it are valid as long as it lives; it cannot be copied or moved.
class Config {
 public:
  struct Node {
    enum class Kind { Section, List, String, Number, Other };
    Kind kind = Kind::Other;
    std::string_view name{};   // of a section or a value; empty inside of lists
    std::string_view text{};   // of strings
    std::uint64_t number = 0;  // of numbers that are not negative
    std::uint32_t child = 0;   // the first one, of sections and lists; 0: none
    std::uint32_t next = 0;    // beside it; 0: none
  };

  // Throws Unproven for what is not a text of this kind, is nested deeper than LVM ever does, or
  // has more values than memory should be spent on.
  explicit Config(std::string text);
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  const Node& root() const { return nodes_.front(); }

  // For each node inside of another one, in the order of the text.
  template <typename Visit>
  void each(const Node& of, const Visit& visit) const {
    for (std::uint32_t i = of.child; i != 0; i = nodes_[i].next) visit(nodes_[i]);
  }
  // The one of that name; null when there is none. Throws Unproven when there are two.
  const Node* find(const Node& in, std::string_view name) const;

  // As find(), of the kind that is needed; throw Unproven when it is another.
  const Node* section(const Node& in, std::string_view name) const;
  const Node* list(const Node& in, std::string_view name) const;
  std::optional<std::uint64_t> number(const Node& in, std::string_view name) const;
  std::optional<std::string_view> string(const Node& in, std::string_view name) const;
  // The same, of what has to be there.
  std::uint64_t needNumber(const Node& in, std::string_view name) const;
  std::string_view needString(const Node& in, std::string_view name) const;

 private:
  friend class ConfigParser;
  const Node* ofKind(const Node& in, std::string_view name, Node::Kind kind) const;

  std::string text_;
  std::vector<Node> nodes_;
  std::deque<std::string> unescaped_;  // views into it stay valid as it grows
};

}  // namespace disktwin::fs::lvm
