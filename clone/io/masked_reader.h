// A reader of which some parts show, and zeroes everywhere else.
#pragma once

#include <utility>

#include "clone/io/block_reader.h"
#include "clone/io/extent_set.h"

namespace disktwin {

class MaskedReader final : public BlockReader {
 public:
  // `shown`: what of the base is seen, in bytes; it lies inside.
  MaskedReader(ReaderPtr base, ExtentSet shown)
      : base_(std::move(base)), shown_(std::move(shown)) {}

  std::string name() const override { return base_->name(); }
  std::uint64_t size() const override { return base_->size(); }
  std::uint32_t sectorSize() const override { return base_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override;

 private:
  ReaderPtr base_;
  ExtentSet shown_;
};

}  // namespace disktwin
