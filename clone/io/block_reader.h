// Where bytes come from: a disk, a file, a part of either, later an image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "platform/extent.h"

namespace disktwin {

class File;

// Thread-safety: every member may be called from several threads at once.
class BlockReader {
 public:
  virtual ~BlockReader() = default;

  // How the user knows it: a path, or "partition 2 of /dev/sda". For messages.
  virtual std::string name() const = 0;

  // In bytes. Fixed for the life of the reader. Need not be a multiple of the sector size.
  virtual std::uint64_t size() const = 0;

  // Logical sector size in bytes: 512 or 4096 in practice, always a power of two from 512 to 65536.
  virtual std::uint32_t sectorSize() const = 0;

  // Fills the whole span with the bytes from `offset` on. Throws Error(Read) when the medium fails
  // and Error(Invalid) when the range passes the end; the span's content is then unspecified.
  virtual void read(std::uint64_t offset, std::span<std::byte> out) const = 0;

  // The first extent at or after `from` that may hold something else than zeroes, cut at the
  // reader's end; length 0 when there is none. What lies between reads as zeroes. The default
  // knows of no holes.
  virtual Extent nextData(std::uint64_t from) const {
    return from < size() ? Extent{from, size() - from} : Extent{size(), 0};
  }

  // The open file behind this reader and the offset at which the reader starts in it, if there is
  // one, for helpers that want a file descriptor (libblkid). Valid as long as the reader lives.
  struct Backing {
    const File* file;
    std::uint64_t offset;
  };
  virtual std::optional<Backing> backing() const { return std::nullopt; }
};

using ReaderPtr = std::shared_ptr<const BlockReader>;

// Reads one on-disk structure. T must be trivially copyable and made of bytes and endian types.
template <typename T>
T readStruct(const BlockReader& reader, std::uint64_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  T out;
  reader.read(offset, std::as_writable_bytes(std::span(&out, 1)));
  return out;
}

// Copies one structure out of a buffer; the caller has checked that it fits.
template <typename T>
T structAt(std::span<const std::byte> bytes, std::size_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  T out;
  std::memcpy(&out, bytes.subspan(offset, sizeof out).data(), sizeof out);
  return out;
}

// Reads `length` bytes into a new buffer. The caller bounds `length` before calling.
std::vector<std::byte> readBytes(const BlockReader& reader, std::uint64_t offset,
                                 std::size_t length);

}  // namespace disktwin
