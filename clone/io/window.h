// A part of another reader, seen as a reader of its own: a partition of a disk.
#pragma once

#include "clone/io/block_reader.h"

namespace disktwin {

class Window final : public BlockReader {
 public:
  // `within` must lie inside `base`, otherwise Error(Invalid). `name` may be empty: the base's name
  // is used then.
  Window(ReaderPtr base, Extent within, std::string name = {});

  std::string name() const override { return name_; }
  std::uint64_t size() const override { return within_.length; }
  std::uint32_t sectorSize() const override { return base_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  Extent nextData(std::uint64_t from) const override;
  std::optional<Backing> backing() const override;

 private:
  ReaderPtr base_;
  Extent within_;
  std::string name_;
};

}  // namespace disktwin
