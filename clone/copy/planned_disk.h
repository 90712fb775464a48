// A disk as a plan would make it, without making it.
#pragma once

#include <vector>

#include "clone/io/block_reader.h"
#include "clone/plan/plan.h"

namespace disktwin::copy {

// Reads as the plan's target would after the plan had been run onto zeroes: what is copied, the
// table, and zeroes. For plans that leave everything at its place (every region's target is its
// source). Keeps a reference to the plan. Thread-safe.
class PlannedDisk final : public BlockReader {
 public:
  PlannedDisk(const plan::Plan& plan, ReaderPtr source);

  std::string name() const override { return source_->name(); }
  std::uint64_t size() const override { return plan_.target.size; }
  std::uint32_t sectorSize() const override { return source_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  Extent nextData(std::uint64_t from) const override;

 private:
  Extent nextPlanned(std::uint64_t from) const;
  Extent nextInRegions(std::uint64_t from) const;

  const plan::Plan& plan_;
  ReaderPtr source_;
};

}  // namespace disktwin::copy
