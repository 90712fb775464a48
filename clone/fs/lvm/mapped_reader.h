// A logical volume as a reader of its own, put together from its places on the physical volume.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "clone/fs/lvm/layout.h"
#include "clone/io/block_reader.h"

namespace disktwin::fs::lvm {

// Where bytes of a logical volume lie.
class Mapping {
 public:
  // The runs follow each other without a gap, and lie inside the physical volume.
  explicit Mapping(std::vector<Run> runs) : runs_(std::move(runs)) {}

  std::uint64_t size() const { return runs_.empty() ? 0 : runs_.back().inside.end(); }
  const std::vector<Run>& runs() const { return runs_; }
  // Calls place(Extent on the physical volume) for all that `extent` lies in, exactly and in no
  // particular order.
  template <typename Place>
  void each(Extent extent, const Place& place) const {
    for (std::size_t i = runAt(extent.offset); i < runs_.size(); ++i) {
      const Run& run = runs_[i];
      const Extent part = intersection(extent, run.inside);
      if (part.empty()) return;
      for (std::size_t k = 0; k < run.columns.size(); ++k) {
        const std::uint64_t from = depth(run, k, part.offset - run.inside.offset);
        const std::uint64_t to = depth(run, k, part.end() - run.inside.offset);
        if (from < to) place(Extent{run.columns[k] + from, to - from});
      }
    }
  }
  // The longest extent on the physical volume that holds what lies at `offset` and follows it there
  // as in the logical volume. `offset` lies inside of it.
  Extent pieceAt(std::uint64_t offset) const;

 private:
  // The run that holds the byte, or the number of runs.
  std::size_t runAt(std::uint64_t offset) const;
  // How many of the run's first `bytes` bytes lie in that column.
  static std::uint64_t depth(const Run& run, std::size_t column, std::uint64_t bytes);

  std::vector<Run> runs_;
};

class MappedReader final : public BlockReader {
 public:
  MappedReader(ReaderPtr base, Mapping mapping, const std::string& name)
      : base_(std::move(base)), mapping_(std::move(mapping)), name_(base_->name() + ", " + name) {}

  const Mapping& mapping() const { return mapping_; }

  std::string name() const override { return name_; }
  std::uint64_t size() const override { return mapping_.size(); }
  std::uint32_t sectorSize() const override { return base_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  // Only when all of it lies in one piece.
  std::optional<Backing> backing() const override;

 private:
  ReaderPtr base_;
  Mapping mapping_;
  std::string name_;
};

}  // namespace disktwin::fs::lvm
