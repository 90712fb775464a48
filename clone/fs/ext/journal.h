// What replaying the journal would write: until that is done, the bitmaps in their places may be
// older than the files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "clone/fs/ext/ondisk.h"
#include "clone/fs/ext/volume.h"

namespace disktwin::fs::ext {

// Where the log keeps a newer copy of a block. Small on purpose: a log may hold millions.
class LogImage {
 public:
  LogImage(std::uint64_t target, std::uint64_t copy, bool escaped)
      : target_(target), copy_(copy << 2 | (escaped ? 1U : 0U)) {}

  std::uint64_t target() const { return target_; }
  std::uint64_t copy() const { return copy_ >> 2; }
  // The copy's first four bytes looked like a header of the log and were replaced by zeroes.
  bool escaped() const { return (copy_ & 1) != 0; }
  // False when the transaction never came to its end: replaying leaves it out.
  bool committed() const { return (copy_ & 2) != 0; }
  void setCommitted() { copy_ |= 2; }

 private:
  std::uint64_t target_;
  std::uint64_t copy_;
};

// Everything in the part of a journal that waits to be replayed. Transactions without a commit
// record are there, too, and those that a checksum or a revoke record would keep from being
// replayed: for a map of used blocks more is always right.
class PendingLog {
 public:
  PendingLog() = default;
  // Ascending by target, in the order of the log for the same one.
  explicit PendingLog(std::vector<LogImage> images);

  bool empty() const { return images_.empty(); }
  std::span<const LogImage> of(std::uint64_t target) const;
  // The block as replaying would write it; `out` is one block.
  static void read(const Volume& volume, const LogImage& image, std::span<std::byte> out);

 private:
  std::vector<LogImage> images_;
};

// Throws Unproven when there is a journal and it is damaged, or holds something that is not
// understood, or lies elsewhere and waits to be replayed.
PendingLog pendingLog(const Volume& volume, const Super& super);

}  // namespace disktwin::fs::ext
