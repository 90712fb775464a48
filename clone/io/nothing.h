// Bytes that were never written: all of them are zeroes.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin {

class Nothing final : public BlockReader {
 public:
  Nothing(std::string name, std::uint64_t size, std::uint32_t sectorSize)
      : name_(std::move(name)), size_(size), sectorSize_(sectorSize) {}

  std::string name() const override { return name_; }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sectorSize() const override { return sectorSize_; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (!extentFits(offset, out.size(), size_)) {
      throw Error(ErrorKind::Invalid, name_, "read beyond the end", {}, Extent{offset, out.size()});
    }
    std::fill(out.begin(), out.end(), std::byte{0});
  }
  Extent nextData(std::uint64_t) const override { return {size_, 0}; }

 private:
  std::string name_;
  std::uint64_t size_;
  std::uint32_t sectorSize_;
};

}  // namespace disktwin
