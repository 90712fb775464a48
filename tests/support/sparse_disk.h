// A disk of any size of which only what was written takes memory. For volumes of many TiB.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <span>
#include <vector>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::test {

class SparseDisk final : public BlockReader {
 public:
  explicit SparseDisk(std::uint64_t size, std::uint32_t sectorSize = 512)
      : size_(size), sector_(sectorSize) {}

  std::string name() const override { return "sparse"; }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sectorSize() const override { return sector_; }

  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (!extentFits(offset, out.size(), size_)) {
      throw Error(ErrorKind::Invalid, name(), "read beyond the end");
    }
    bytesRead_ += out.size();
    std::fill(out.begin(), out.end(), std::byte{0});
    const Extent wanted{offset, out.size()};
    for (auto at = chunks_.lower_bound(roundDown(offset, kChunk));
         at != chunks_.end() && at->first < wanted.end(); ++at) {
      const Extent part = intersection({at->first, kChunk}, wanted);
      std::memcpy(out.data() + (part.offset - offset),
                  at->second.data() + (part.offset - at->first),
                  static_cast<std::size_t>(part.length));
    }
  }

  Extent nextData(std::uint64_t from) const override {
    const auto at = chunks_.lower_bound(from < size_ ? roundDown(from, kChunk) : size_);
    if (from >= size_ || at == chunks_.end()) return {size_, 0};
    const std::uint64_t start = std::max(from, at->first);
    return {start, std::min(at->first + kChunk, size_) - start};
  }

  void put(std::uint64_t offset, std::span<const std::byte> data) {
    while (!data.empty()) {
      auto& chunk = chunks_[roundDown(offset, kChunk)];
      chunk.resize(kChunk);
      const auto at = static_cast<std::size_t>(offset % kChunk);
      const std::size_t part = std::min(data.size(), chunk.size() - at);
      std::memcpy(chunk.data() + at, data.data(), part);
      data = data.subspan(part);
      offset += part;
    }
  }
  template <typename T>
  requires std::is_trivially_copyable_v<T>
  void put(std::uint64_t offset, const T& value) {
    put(offset, std::as_bytes(std::span(&value, 1)));
  }
  void cutTo(std::uint64_t size) { size_ = size; }

  // How much was asked for so far: a measure of the work done.
  std::uint64_t bytesRead() const { return bytesRead_; }

 private:
  static constexpr std::uint64_t kChunk = 4096;

  std::uint64_t size_;
  std::uint32_t sector_;
  std::map<std::uint64_t, std::vector<std::byte>> chunks_;
  mutable std::uint64_t bytesRead_ = 0;
};

}  // namespace disktwin::test
