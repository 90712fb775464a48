// The sinks of a clone: onto a disk, into a list of hashes, against another disk.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "clone/copy/hash_log.h"
#include "clone/copy/pipeline.h"
#include "clone/io/block_target.h"

namespace disktwin::copy {

// Hashes every block in order.
class HashSink : public Sink {
 public:
  // `grid`: the length of most blocks, in bytes.
  explicit HashSink(HashLog& log, std::uint64_t grid = kBlockSize);
  std::unique_ptr<Prepared> prepare(const Block& block, std::span<const std::byte> data) override;
  void commit(const Block& block, std::unique_ptr<Prepared> prepared) override;

 private:
  HashLog& log_;
  const std::uint64_t grid_;
  Hash128 zeroBlock_;  // of a whole block of zeroes
};

// Writes every block to its place on the target, and hashes it. Writing needs no order, so it
// happens in prepare(), on many threads.
class DiskSink final : public HashSink {
 public:
  DiskSink(BlockTarget& target, HashLog& log, std::uint64_t grid = kBlockSize)
      : HashSink(log, grid), target_(target) {}
  std::unique_ptr<Prepared> prepare(const Block& block, std::span<const std::byte> data) override;

 private:
  BlockTarget& target_;
};

// Notes the blocks that are not the same on `other`, at Block::target.
class CompareSink final : public Sink {
 public:
  // `most`: how many places are noted.
  CompareSink(const BlockReader& other, std::size_t most) : other_(other), most_(most) {}
  std::unique_ptr<Prepared> prepare(const Block& block, std::span<const std::byte> data) override;
  void commit(const Block& block, std::unique_ptr<Prepared> prepared) override;

  std::vector<Block> takeDiffering() { return std::move(differing_); }
  std::uint64_t count() const { return count_; }

 private:
  const BlockReader& other_;
  const std::size_t most_;
  std::vector<Block> differing_;  // the first so many, neighbours joined
  std::uint64_t count_ = 0;
};

bool isZero(std::span<const std::byte> data);

}  // namespace disktwin::copy
