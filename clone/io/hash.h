// The hash by which blocks are compared: XXH3, 128 bits. Not cryptographic: it finds damage, not
// forgery.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace disktwin {

struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::string toString() const;  // 32 hexadecimal digits
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

Hash128 hashOf(std::span<const std::byte> data);

// The hash of bytes that come in pieces: the same as hashOf() over all of them.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void add(std::span<const std::byte> data);
  void add(const Hash128& hash);
  void reset();
  Hash128 result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace disktwin
