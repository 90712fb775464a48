#include "clone/fs/lvm/used_map.h"

#include <fmt/format.h>

#include <utility>

namespace disktwin::fs::lvm {
namespace {

// Stripes multiply the pieces; beyond this many, what should read as zeroes is copied instead.
constexpr std::size_t kMostZeroes = 1U << 18;

class Mapper {
 public:
  void add(const Part& part) {
    if (part.fs) {
      addUsed(part);
    } else {
      for (const Extent& extent : part.here) used_.add(extent);
    }
  }
  void add(Extent extent) { used_.add(extent); }

  UsedMap finish() {
    UsedMap out;
    out.extents = used_.finish();
    // Widened extents may reach into what would be zeroed, and are right there too.
    out.zeroes = subtract(ExtentSet::from(std::move(zeroes_)), out.extents);
    out.remarks = std::move(remarks_);
    return out;
  }

 private:
  // A map that is not proven complete is all of the logical volume.
  void addUsed(const Part& part) {
    const UsedMap map = part.fs->used();
    if (!map.whyWhole.empty()) {
      remarks_.push_back(
          fmt::format("{}: all that belongs to it is copied: {}.", part.name, map.whyWhole));
    }
    for (const std::string& remark : map.remarks) remarks_.push_back(part.name + ": " + remark);
    const Mapping& mapping = part.reader->mapping();
    const auto use = [&](Extent extent) { used_.add(extent); };
    for (const Extent& extent : map.extents) mapping.each(extent, use);
    // Some formats keep data of their own behind a filesystem that leaves them room: DRBD, RAID.
    const std::uint64_t end = part.fs->info().size;
    if (end < mapping.size()) mapping.each({end, mapping.size() - end}, use);
    for (const Extent& extent : map.zeroes) {
      mapping.each(extent, [&](Extent here) {
        if (zeroes_.size() < kMostZeroes) {
          zeroes_.push_back(here);
        } else {
          used_.add(here);
        }
      });
    }
  }

  ExtentBuilder used_;
  std::vector<Extent> zeroes_;
  std::vector<std::string> remarks_;
};

}  // namespace

UsedMap usedMap(const std::vector<Extent>& areas, const std::vector<Part>& parts) {
  Mapper mapper;
  for (const Extent& area : areas) mapper.add(area);
  for (const Part& part : parts) mapper.add(part);
  return mapper.finish();
}

ExtentSet pageFilesOf(const std::vector<Part>& parts) {
  std::vector<Extent> out;
  for (const Part& part : parts) {
    if (!part.fs) continue;
    for (const Extent& extent : part.fs->pageFiles()) {
      part.reader->mapping().each(extent, [&](Extent here) { out.push_back(here); });
    }
  }
  return ExtentSet::from(std::move(out));
}

}  // namespace disktwin::fs::lvm
