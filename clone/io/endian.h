// Integers as they lie on disk: fixed byte order, no alignment, converted when read or assigned.
// On-disk structures are built from these alone, so that a struct can be laid over bytes as it is.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace disktwin {

template <std::unsigned_integral T, std::endian Order>
class OnDisk {
 public:
  OnDisk() = default;
  OnDisk(T value) { store(value); }  // NOLINT: meant to convert
  OnDisk& operator=(T value) {
    store(value);
    return *this;
  }
  operator T() const { return load(); }  // NOLINT: meant to convert
  T value() const { return load(); }

 private:
  T load() const {
    T value;
    std::memcpy(&value, raw_.data(), sizeof value);
    return Order == std::endian::native ? value : swapped(value);
  }
  void store(T value) {
    if (Order != std::endian::native) value = swapped(value);
    std::memcpy(raw_.data(), &value, sizeof value);
  }
  static T swapped(T value) {
    if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
    return value;
  }

  std::array<std::byte, sizeof(T)> raw_{};
};

using le16 = OnDisk<std::uint16_t, std::endian::little>;
using le32 = OnDisk<std::uint32_t, std::endian::little>;
using le64 = OnDisk<std::uint64_t, std::endian::little>;
using be16 = OnDisk<std::uint16_t, std::endian::big>;
using be32 = OnDisk<std::uint32_t, std::endian::big>;
using be64 = OnDisk<std::uint64_t, std::endian::big>;

static_assert(sizeof(le16) == 2 && alignof(le16) == 1);
static_assert(sizeof(le32) == 4 && alignof(le32) == 1);
static_assert(sizeof(le64) == 8 && alignof(le64) == 1);

}  // namespace disktwin
