#include "clone/fs/xfs/used_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "clone/fs/xfs/checksum.h"
#include "clone/fs/xfs/features.h"
#include "clone/fs/xfs/free_tree.h"
#include "clone/fs/xfs/log.h"
#include "clone/fs/xfs/unproven.h"

namespace disktwin::fs::xfs {
namespace {

// Throws Unproven when it contradicts the superblock ("xfs_agf_verify").
GroupFree readGroup(const BlockReader& volume, const Geometry& g, std::uint32_t group) {
  const auto bytes = readBytes(volume, g.groupStart(group) + g.sectorSize, g.sectorSize);
  const auto header = structAt<GroupFree>(bytes, 0);
  const auto damaged = [group](const char* what) {
    return Unproven{
        fmt::format("the header of allocation group {} is damaged: {}; xfs_repair"
                    " repairs it",
                    group, what)};
  };
  if (header.magic != kGroupFreeMagic || header.version != 1) throw damaged("it has no mark");
  if (g.checksums) {
    if (!checksumFits(bytes, offsetof(GroupFree, checksum))) throw damaged("its checksum is wrong");
    if (header.uuid != g.metaUuid) throw damaged("it belongs to another filesystem");
  }
  if (header.number != group || header.length != g.groupLength(group)) {
    throw damaged("its number or size is not that of the superblock");
  }
  // The free list's sector; each block in it is free, but not in the trees.
  if (header.listCount > g.sectorSize / sizeof(be32)) throw damaged("its free list is too long");
  return header;
}

// Blocks of one group that are in use for certain. Free space that holds one of them is a
// contradiction.
class Taken {
 public:
  void add(const Run& run) { runs_.push_back(run); }
  void add(const std::vector<std::uint32_t>& blocks) {
    for (const std::uint32_t block : blocks) runs_.push_back({block, 1});
  }
  // Throws Unproven when two of them overlap.
  void sort(std::uint32_t group) {
    std::sort(runs_.begin(), runs_.end(),
              [](const Run& a, const Run& b) { return a.first < b.first; });
    for (std::size_t i = 1; i < runs_.size(); ++i) {
      if (runs_[i].first < runs_[i - 1].end()) throw contradiction(group, runs_[i].first);
    }
  }
  void requireApart(std::uint32_t group, const Run& run) const {
    const auto after =
        std::lower_bound(runs_.begin(), runs_.end(), run.end(),
                         [](const Run& taken, std::uint64_t end) { return taken.first < end; });
    if (after != runs_.begin() && std::prev(after)->end() > run.first) {
      throw contradiction(group, run.first);
    }
  }

 private:
  static Unproven contradiction(std::uint32_t group, std::uint32_t block) {
    return Unproven{
        fmt::format("two things claim blocks of allocation group {} from {} on;"
                    " xfs_repair repairs it",
                    group, block)};
  }

  std::vector<Run> runs_;
};

class Mapper {
 public:
  Mapper(const BlockReader& volume, const Geometry& geometry) : volume_(volume), g_(geometry) {}

  // Returns how many blocks are free or kept ready for the trees.
  std::uint64_t addGroup(std::uint32_t group) {
    const GroupFree header = readGroup(volume_, g_, group);
    const FreeTree byPlace(volume_, g_, group, FreeTree::Order::Place, header.roots[0],
                           header.levels[0]);
    const FreeTree bySize(volume_, g_, group, FreeTree::Order::Size, header.roots[1],
                          header.levels[1]);
    Taken taken;
    taken.add(byPlace.blocks());
    taken.add(bySize.blocks());
    if (g_.log.count != 0 && group == g_.logGroup) taken.add(g_.log);
    if (group == g_.rootGroup) taken.add(Run{g_.rootBlock, 1});
    taken.sort(group);

    const Totals places = byPlace.readLeaves(
        [&](std::span<const Run> runs) {
          for (std::size_t i = 0; i < runs.size(); ++i) {
            taken.requireApart(group, runs[i]);
            if (i != 0) addBetween(group, runs[i - 1], runs[i]);
          }
        },
        [&](const Run& left, const Run& right) { addBetween(group, left, right); });
    std::uint32_t longest = 0;
    const Totals sizes = bySize.readLeaves([](std::span<const Run>) {},
                                           [&](const Run& left, const Run& right) {
                                             if (right.count == 0) longest = left.count;
                                           });
    if (places != sizes || places.blocks != header.freeBlocks || longest != header.longest) {
      throw Unproven{
          fmt::format("the lists of free space of allocation group {} do not agree: {} blocks by"
                      " place, {} by size, {} by the header; xfs_repair repairs it",
                      group, places.blocks, sizes.blocks, header.freeBlocks.value())};
    }
    return places.blocks + header.listCount;
  }

  // The blocks of the free list are in no tree, so they count as used here: at most some hundred in
  // a group, which would be worth neither reading nor believing another structure.
  ExtentSet finish() { return used_.finish(); }

 private:
  // What lies between two neighbours in the order of places; count 0: the group's start or end.
  void addBetween(std::uint32_t group, const Run& left, const Run& right) {
    const std::uint64_t from = left.end();
    const std::uint64_t to = right.count == 0 ? g_.groupLength(group) : right.first;
    if (from == to) return;
    used_.add(g_.extent(group,
                        {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from)}));
  }

  const BlockReader& volume_;
  const Geometry& g_;
  ExtentBuilder used_;
};

void requireCleanLog(const BlockReader& volume, const Geometry& geometry) {
  switch (examineLog(volume, geometry)) {
    case LogState::Clean:
      return;
    case LogState::Pending:
      throw Unproven{
          "its log is not empty, so its lists of free space may be out of date; mount and unmount"
          " it once"};
    case LogState::External:
      throw Unproven{
          "its log lies on another device, so it cannot be known whether its lists of free space"
          " are up to date"};
  }
}

}  // namespace

UsedMap usedMap(const BlockReader& volume, const Super& super) {
  requireKnownFeatures(super);
  requireSound(volume, super);
  const Geometry geometry = Geometry::of(super, volume.size());
  requireCleanLog(volume, geometry);
  Mapper mapper(volume, geometry);
  std::uint64_t free = 0;
  for (std::uint32_t group = 0; group < geometry.groupCount; ++group) {
    free += mapper.addGroup(group);
  }
  // Blocks that the trees would give back are free too in the superblock's eyes, so it may count
  // more; when it counts less, something was lost.
  if (free > super.freeDataBlocks) {
    throw Unproven{
        fmt::format("its lists name {} free blocks, but its superblock only {};"
                    " xfs_repair repairs it",
                    free, super.freeDataBlocks.value())};
  }
  UsedMap map;
  map.extents = mapper.finish();
  return map;
}

}  // namespace disktwin::fs::xfs
