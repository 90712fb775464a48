// The allocation bitmap of exFAT: section 7.1. Which clusters are taken.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "clone/fs/exfat/boot_region.h"
#include "clone/fs/exfat/root_directory.h"

namespace disktwin::fs::exfat {

// One copy of the bitmap, found and checked.
class Bitmap {
 public:
  // The geometry must have no problem.
  Bitmap(const BlockReader& volume, const Geometry& geometry, const Stream& where);

  // Why it cannot be used, as UsedMap::whyWhole has it.
  const std::string& problem() const { return problem_; }

  // What the bitmap itself occupies, in the order of its chain.
  const std::vector<Extent>& extents() const { return extents_; }

  // The following need a bitmap without a problem.
  bool has(std::uint32_t cluster) const;
  // Calls `taken` for every run of clusters in use, in ascending order.
  void scan(const std::function<void(std::uint32_t first, std::uint32_t count)>& taken) const;
  std::uint32_t countTaken() const;

 private:
  const BlockReader& volume_;
  const Geometry& geometry_;
  std::uint64_t bytes_;  // that describe clusters
  std::vector<Extent> extents_;
  std::string problem_;
};

}  // namespace disktwin::fs::exfat
