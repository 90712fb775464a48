#include "clone/fs/ntfs/stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

// Some 24 MiB of run list. Whole disks of badly fragmented MFT stay far below.
constexpr std::size_t kMostRuns = 1U << 20;

// Holes cost nothing and may be announced in any size; offsets in bytes must not overflow.
constexpr std::uint64_t kLargestMapping = 1ULL << 62;

}  // namespace

void Stream::add(const Attribute& extent) {
  if (resident_ || (begun_ && !extent.nonResident)) throw Damage{"an attribute exists twice"};
  if (!extent.nonResident) {
    value_.assign(extent.value.begin(), extent.value.end());
    size_ = initialized_ = value_.size();
    resident_ = begun_ = true;
    flags_ = extent.flags;
    return;
  }
  const std::uint64_t mapped = runs_.empty() ? 0 : runs_.back().end();
  if (extent.firstVcn != mapped || (begun_ && runs_.empty())) {
    throw Damage{fmt::format("an extent of an attribute begins at {}, expected {}", extent.firstVcn,
                             mapped)};
  }
  if (extent.endVcn > kLargestMapping / geometry_.clusterSize) {
    throw Damage{fmt::format("an attribute claims to map {} clusters", extent.endVcn)};
  }
  if (!begun_) {
    begun_ = true;
    flags_ = extent.flags;
    allocated_ = extent.allocatedSize;
    size_ = extent.dataSize;
    initialized_ = extent.initializedSize;
  }
  const std::vector<Run> more =
      decodeRuns(extent.pairs, extent.firstVcn, extent.endVcn, geometry_.clusters);
  if (more.empty() && extent.firstVcn != 0) throw Damage{"an extent of an attribute is empty"};
  if (runs_.size() + more.size() > kMostRuns) {
    throw Damage{fmt::format("an attribute lies in more than {} pieces", kMostRuns)};
  }
  runs_.insert(runs_.end(), more.begin(), more.end());
}

void Stream::finish() const {
  if (!begun_) throw Damage{"an attribute has no first extent"};
  if (initialized_ > size_ || size_ > mappedSize()) {
    throw Damage{fmt::format("an attribute of {} bytes ({} of them valid) maps only {}", size_,
                             initialized_, mappedSize())};
  }
}

std::uint64_t Stream::mappedSize() const {
  if (resident_) return value_.size();
  return runs_.empty() ? 0 : runs_.back().end() * geometry_.clusterSize;
}

bool Stream::hasHoleBelow(std::uint64_t end) const {
  for (const Run& run : runs_) {
    if (run.vcn >= end / geometry_.clusterSize + 1) return false;
    if (run.isHole() && run.vcn * geometry_.clusterSize < end) return true;
  }
  return false;
}

std::vector<Extent> Stream::extents() const {
  std::vector<Extent> out;
  for (const Run& run : runs_) {
    if (!run.isHole()) out.push_back(geometry_.bytesOf(run.lcn, run.length));
  }
  return out;
}

// The run that maps `vcn`, which lies below the mapped size.
std::size_t Stream::runOf(std::uint64_t vcn) const {
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), vcn,
                                      [](std::uint64_t v, const Run& run) { return v < run.vcn; });
  return static_cast<std::size_t>(after - runs_.begin()) - 1;
}

void Stream::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (!extentFits(offset, out.size(), mappedSize())) {
    throw Damage{fmt::format("bytes {} to {} of an attribute are asked for, mapped are {}", offset,
                             offset + out.size(), mappedSize())};
  }
  // What was allocated and never written must not be taken for content.
  const std::uint64_t valid = offset < initialized_ ? initialized_ - offset : 0;
  if (valid < out.size()) {
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(valid), out.end(), std::byte{0});
    out = out.first(static_cast<std::size_t>(valid));
  }
  if (out.empty()) return;
  if (resident_) {
    std::copy_n(value_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return;
  }
  const std::uint64_t unit = geometry_.clusterSize;
  for (std::size_t i = runOf(offset / unit); !out.empty(); ++i) {
    const Run& run = runs_[i];
    const std::uint64_t skip = offset - run.vcn * unit;
    const std::uint64_t left = run.length * unit - skip;
    const auto part =
        out.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, out.size())));
    if (run.isHole()) {
      std::fill(part.begin(), part.end(), std::byte{0});
    } else {
      volume_->read(run.lcn * unit + skip, part);
    }
    out = out.subspan(part.size());
    offset += part.size();
  }
}

Extent Stream::nextDataOfRun(const Run& run, std::uint64_t from) const {
  const std::uint64_t unit = geometry_.clusterSize;
  if (run.isHole()) return {};
  const std::uint64_t start = run.vcn * unit;
  const Extent onVolume = geometry_.bytesOf(run.lcn, run.length);
  const std::uint64_t at = onVolume.offset + (from > start ? from - start : 0);
  const Extent found = intersection(volume_->nextData(at), onVolume);
  if (found.empty()) return {};
  return {start + (found.offset - onVolume.offset), found.length};
}

Extent Stream::nextData(std::uint64_t from) const {
  const std::uint64_t end = std::min({initialized_, size_, mappedSize()});
  const Extent none{end, 0};
  if (from >= end) return none;
  if (resident_) return {from, end - from};
  const std::uint64_t unit = geometry_.clusterSize;
  for (std::size_t i = runOf(from / unit); i < runs_.size() && runs_[i].vcn <= end / unit; ++i) {
    const Extent found = nextDataOfRun(runs_[i], from);
    if (!found.empty()) {
      const Extent part = intersection(found, {from, end - from});
      return part.empty() ? none : part;
    }
  }
  return none;
}

}  // namespace disktwin::fs::ntfs
