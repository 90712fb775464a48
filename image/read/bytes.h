// The bytes of an image, in whatever files they lie, at random and from front to back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "image/format/own_frame.h"
#include "platform/file.h"

namespace disktwin::image {

// The volumes of an image put one after another. Immutable; thread-safe.
class ImageBytes {
 public:
  // Opens the files in that order. `name` is how messages call the whole.
  ImageBytes(std::string name, const std::vector<std::string>& files);

  const std::string& name() const { return name_; }
  std::uint64_t size() const { return size_; }
  // Throws Error(Read), and Error(Invalid) when the range passes the end.
  void readAt(std::uint64_t position, std::span<std::byte> out) const;
  Bytes readAt(std::uint64_t position, std::uint64_t count) const;

  // The kernel may begin to read that much of it.
  void prefetch(Extent range) const;
  struct Volume {
    File file;
    std::uint64_t begins;  // position
  };
  const std::vector<Volume>& volumes() const { return volumes_; }

 private:
  std::string name_;
  std::vector<Volume> volumes_;
  std::uint64_t size_ = 0;
};

// Bytes that come from front to back. Not thread-safe.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual std::string name() const = 0;
  // Fills as much of the span as there is: less only at the end.
  virtual std::size_t read(std::span<std::byte> out) = 0;
};

class StandardInput final : public ByteStream {
 public:
  std::string name() const override { return "standard input"; }
  std::size_t read(std::span<std::byte> out) override;
};

class BytesFromFront final : public ByteStream {
 public:
  explicit BytesFromFront(std::shared_ptr<const ImageBytes> bytes, std::uint64_t from = 0)
      : bytes_(std::move(bytes)), at_(from) {}
  std::string name() const override { return bytes_->name(); }
  std::size_t read(std::span<std::byte> out) override;

 private:
  std::shared_ptr<const ImageBytes> bytes_;
  std::uint64_t at_;
};

}  // namespace disktwin::image
