// A disk that comes from front to back, as a BlockReader for jobs that go the same way.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "clone/io/block_reader.h"
#include "clone/io/extent_set.h"
#include "image/format/own_frame.h"

namespace disktwin::image {

// A stretch of the disk that has come in.
class FrontCell {
 public:
  explicit FrontCell(Extent disk) : disk_(disk) {}
  virtual ~FrontCell() = default;
  const Extent& disk() const { return disk_; }
  // Nothing but zeroes, and perhaps too many to have them in memory: plain() is not to be asked.
  virtual bool isZero() const { return false; }
  // The bytes of the whole cell; the first thread that asks has them decoded.
  const Bytes& plain();
  // Some of them, from `offset` of the disk on.
  void copyTo(std::uint64_t offset, std::span<std::byte> out);

 protected:
  virtual Bytes decode() = 0;

 private:
  const Extent disk_;
  std::once_flag once_;
  Bytes plain_;
};

// Reads may come from several threads at once, but only of what has been expected, and of what is
// not kept only from front to back: a read may not reach behind release().
class FrontReader : public BlockReader {
 public:
  // To be called once, before any read: which bytes will be read, and which of them may be read at
  // any time later on. The latter stay in memory.
  void expect(ExtentSet wanted, ExtentSet kept);
  // Nothing before `offset` will be read any more but what is kept.
  void release(std::uint64_t offset);
  // Takes in all that is left, to the very end. Throws what pull() throws.
  void finish();

  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  Extent nextData(std::uint64_t from) const override;

 protected:
  // The next stretch that holds something, in ascending order; null at the end. What lies between
  // is `below`. Called by one thread at a time.
  virtual std::shared_ptr<FrontCell> pull() = 0;
  // Whether pull() will have nothing more before that place of the disk.
  virtual std::uint64_t reached() const = 0;
  // What is there where nothing comes in.
  virtual void readBelow(std::uint64_t offset, std::span<std::byte> out) const;
  virtual Extent nextBelow(std::uint64_t from) const { return {std::max(from, size()), 0}; }

 private:
  void pullTo(std::uint64_t offset) const;
  void takeIn(const std::shared_ptr<FrontCell>& cell) const;
  void stash(FrontCell& cell) const;
  std::shared_ptr<FrontCell> cellAt(std::uint64_t offset, std::uint64_t& gapEnds) const;
  bool readKept(std::uint64_t offset, std::span<std::byte> out) const;

  mutable std::mutex mutex_;  // guards all below
  ExtentSet wanted_;
  ExtentSet kept_;
  mutable std::deque<std::shared_ptr<FrontCell>> cells_;  // ascending
  mutable std::map<std::uint64_t, Bytes> stash_;          // by offset: what is kept
  std::uint64_t released_ = 0;
  mutable bool ended_ = false;
};

}  // namespace disktwin::image
