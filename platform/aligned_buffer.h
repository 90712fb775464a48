// Memory that direct I/O accepts: aligned to 4096 bytes, whatever the device's sector size.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

namespace disktwin {

// Memory for what is used again and again, in pages as large as there are: whoever goes to and fro
// in it needs few of them. Takes up to 2 MiB more. nullptr when there is none; std::free() takes it
// back.
void* allocateForReuse(std::size_t size);

// What one thread frees, all threads may use from now on. Otherwise the C library keeps memory for
// each of them, and where buffers wander from thread to thread, that adds up.
void shareFreedMemory();

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;

  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t size)
      : AlignedBuffer(static_cast<std::byte*>(std::aligned_alloc(
                          kAlignment, (size + kAlignment - 1) / kAlignment * kAlignment)),
                      size) {}
  // From allocateForReuse(): the kernel has few pages to hold on to for each access.
  static AlignedBuffer forReuse(std::size_t size) {
    return {static_cast<std::byte*>(allocateForReuse(size)), size};
  }

  std::byte* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<std::byte> first(std::size_t count) const { return {data_.get(), count}; }

 private:
  AlignedBuffer(std::byte* data, std::size_t size) : data_(data), size_(size) {
    if (!data_) throw std::bad_alloc();
  }

  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> data_;
  std::size_t size_ = 0;
};

// Grows as it is needed, by doubling, and keeps its memory for the next time. Its bytes are those
// of the last use.
class ReusedBuffer {
 public:
  // `count` bytes, valid until the next call.
  std::span<std::byte> take(std::size_t count) {
    if (buffer_.size() < count) {
      buffer_ = {};  // never both at once
      buffer_ = AlignedBuffer::forReuse(std::bit_ceil(count));
    }
    return buffer_.first(count);
  }

 private:
  AlignedBuffer buffer_;
};

}  // namespace disktwin
