// A disk in memory, for tests: readable as a BlockReader, and its bytes can be changed at will.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "clone/io/block_reader.h"
#include "platform/error.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

namespace disktwin::test {

// Random bytes, the same for the same seed.
inline std::vector<std::byte> noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::byte> out(size);
  for (std::byte& b : out) b = static_cast<std::byte>(random());
  return out;
}

class MemoryDisk final : public BlockReader {
 public:
  explicit MemoryDisk(std::size_t size, std::uint32_t sectorSize = 512)
      : bytes_(zeroes(size)), sector_(sectorSize) {}
  ~MemoryDisk() override {
    spare() = std::move(bytes_);
    markSpare(true);
  }
  MemoryDisk(const MemoryDisk& other) : bytes_(recycled(other.size())), sector_(other.sector_) {
    bytes_ = other.bytes_;
  }
  MemoryDisk& operator=(const MemoryDisk&) = default;
  explicit MemoryDisk(std::vector<std::byte> bytes, std::uint32_t sectorSize = 512)
      : bytes_(std::move(bytes)), sector_(sectorSize) {}

  std::string name() const override { return "memory"; }
  std::uint64_t size() const override { return bytes_.size(); }
  std::uint32_t sectorSize() const override { return sector_; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (!extentFits(offset, out.size(), bytes_.size())) {
      throw Error(ErrorKind::Invalid, name(), "read beyond the end");
    }
    if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  }

  std::vector<std::byte>& bytes() { return bytes_; }
  // Lays one on-disk structure over the bytes at `offset`.
  template <typename T>
  requires(
      std::is_trivially_copyable_v<T> &&
      !std::is_convertible_v<const T&, std::span<const std::byte>>) void put(std::size_t offset,
                                                                             const T& value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof value);
  }
  void put(std::size_t offset, std::span<const std::byte> data) {
    std::memcpy(bytes_.data() + offset, data.data(), data.size());
  }

 private:
  // Some tests make thousands of disks of a few MiB. Getting the memory anew takes most of their
  // time, with sanitizers nearly all of it.
  static std::vector<std::byte>& spare() {
    thread_local std::vector<std::byte> out;
    return out;
  }
  // Nobody may look at it meanwhile, as if it had been given back.
  static void markSpare([[maybe_unused]] bool isSpare) {
#ifdef __SANITIZE_ADDRESS__
    const auto mark = isSpare ? __asan_poison_memory_region : __asan_unpoison_memory_region;
    mark(spare().data(), spare().size());
#endif
  }
  static std::vector<std::byte> recycled(std::size_t size) {
    if (spare().size() != size) return std::vector<std::byte>(size);
    markSpare(false);
    return std::exchange(spare(), {});
  }
  static std::vector<std::byte> zeroes(std::size_t size) {
    std::vector<std::byte> out = recycled(size);
    std::fill(out.begin(), out.end(), std::byte{0});
    return out;
  }

  std::vector<std::byte> bytes_;
  std::uint32_t sector_;
};

}  // namespace disktwin::test
