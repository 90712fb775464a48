// Numbers and texts in the messages between this process and a child of it, which may lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace disktwin::files {

class Packer {
 public:
  Packer& number(std::uint64_t value);
  Packer& text(std::string_view value);
  Packer& bytes(std::span<const std::byte> value);  // to the end of the message
  const std::vector<std::byte>& done() const { return out_; }

 private:
  std::vector<std::byte> out_;
};

// Throws Error(Invalid) for what passes the end of the message.
class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> in) : in_(in) {}
  std::uint64_t number();
  std::string text();
  std::span<const std::byte> rest() const { return in_; }
  bool atEnd() const { return in_.empty(); }

 private:
  std::span<const std::byte> take(std::size_t length);
  std::span<const std::byte> in_;
};

}  // namespace disktwin::files
