#include "clone/copy/hash_log.h"

#include <algorithm>

namespace disktwin::copy {
namespace {

Hash128 joined(const Hash128& a, const Hash128& b) {
  Hasher hasher;
  hasher.add(a);
  hasher.add(b);
  return hasher.result();
}

}  // namespace

HashLog::HashLog(std::size_t mostGroups) : most_(std::max<std::size_t>(mostGroups, 2)) {}

void HashLog::add(const Hash128& block) {
  if (inGroup_ == 0 && groups_.size() == most_) join();
  if (inGroup_ == 0) {
    groups_.push_back(block);
  } else {
    groups_.back() = joined(groups_.back(), block);
  }
  ++blocks_;
  inGroup_ = (inGroup_ + 1) % groupSize_;
}

// How a group's hash came about depends on when it was joined, but that follows from the number of
// blocks alone, so it is the same in every log of that many.
void HashLog::join() {
  std::vector<Hash128> half;
  half.reserve(most_);
  for (std::size_t i = 0; i < groups_.size(); i += 2) {
    half.push_back(i + 1 < groups_.size() ? joined(groups_[i], groups_[i + 1]) : groups_[i]);
  }
  // An odd last one becomes the first part of a group that is still open.
  inGroup_ = groups_.size() % 2 == 0 ? 0 : groupSize_;
  groups_ = std::move(half);
  groupSize_ *= 2;
}

std::vector<std::uint64_t> HashLog::differences(const HashLog& a, const HashLog& b) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < std::max(a.groups_.size(), b.groups_.size()); ++i) {
    if (i >= a.groups_.size() || i >= b.groups_.size() || a.groups_[i] != b.groups_[i]) {
      out.push_back(i);
    }
  }
  return out;
}

}  // namespace disktwin::copy
