// Memory that direct I/O accepts: aligned to 4096 bytes, whatever the device's sector size.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace disktwin {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;

  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t size) : AlignedBuffer(size, kAlignment) {}
  // For what is used again and again: in pages as large as there are, so that the kernel has few of
  // them to hold on to for each access. Takes up to 2 MiB more.
  static AlignedBuffer forReuse(std::size_t size);

  std::byte* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<std::byte> first(std::size_t count) const { return {data_.get(), count}; }

 private:
  AlignedBuffer(std::size_t size, std::size_t alignment)
      : data_(static_cast<std::byte*>(
            std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment))),
        size_(size) {
    if (!data_) throw std::bad_alloc();
  }

  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace disktwin
