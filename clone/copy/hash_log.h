// The hashes of the blocks that were copied, in order, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "clone/io/hash.h"

namespace disktwin::copy {

// Takes one hash a block, in the order of their sequence. Keeps one hash for each group of blocks;
// when there are too many groups, neighbours are joined and the groups double. Two logs over the
// same number of blocks have groups of the same size and can be compared. Not thread-safe.
class HashLog {
 public:
  // `mostGroups` bounds the memory at 16 bytes each.
  explicit HashLog(std::size_t mostGroups = 1U << 20);

  void add(const Hash128& block);

  std::uint64_t blocks() const { return blocks_; }
  std::uint64_t groupSize() const { return groupSize_; }  // blocks in a group
  // The numbers of the groups in which the two differ.
  static std::vector<std::uint64_t> differences(const HashLog& a, const HashLog& b);

 private:
  void join();

  std::size_t most_;
  std::uint64_t groupSize_ = 1;
  std::uint64_t blocks_ = 0;
  std::uint64_t inGroup_ = 0;
  std::vector<Hash128> groups_;
};

}  // namespace disktwin::copy
