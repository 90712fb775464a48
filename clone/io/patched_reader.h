// A reader some of whose bytes are others.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "clone/io/block_reader.h"

namespace disktwin {

class PatchedReader final : public BlockReader {
 public:
  // `patches`: bytes by their offset; they lie inside the base, in what it does not call a hole,
  // and do not overlap.
  PatchedReader(ReaderPtr base, std::map<std::uint64_t, std::vector<std::byte>> patches)
      : base_(std::move(base)), patches_(std::move(patches)) {}

  std::string name() const override { return base_->name(); }
  std::uint64_t size() const override { return base_->size(); }
  std::uint32_t sectorSize() const override { return base_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  Extent nextData(std::uint64_t from) const override { return base_->nextData(from); }

 private:
  ReaderPtr base_;
  std::map<std::uint64_t, std::vector<std::byte>> patches_;
};

}  // namespace disktwin
