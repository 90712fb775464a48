#include "clone/fs/btrfs/extents.h"

#include <fmt/format.h>

#include "clone/fs/btrfs/unproven.h"

namespace disktwin::fs::btrfs {
namespace {

class Collector {
 public:
  Collector(const Super& super, const ChunkMap& chunks)
      : super_(super), chunks_(chunks), groups_(chunks.chunks().size()) {}

  void addExtentTreeItem(const Key& key, std::span<const std::byte> item, bool groupsAreHere) {
    switch (key.type) {
      case kExtentItem:
        return addExtent({key.object, key.offset}, item);
      case kMetadataItem:
        return addExtent({key.object, super_.nodeSize}, item);
      case kGroupItem:
        if (groupsAreHere) return addGroup(key, item);
        break;
      // Who refers to an extent does not matter. The items of owners, of simple quotas, are never
      // on their own.
      case kTreeBlockRef:
      case kExtentDataRef:
      case kSharedBlockRef:
      case kSharedDataRef:
        return;
      default:
        break;
    }
    throw Unproven{fmt::format("the extent tree holds something of an unknown type {}", key.type)};
  }

  void addGroup(const Key& key, std::span<const std::byte> item) {
    if (key.type != kGroupItem || item.size() < sizeof(GroupItem)) {
      throw Unproven{fmt::format("the block group at {} is not understood", key.object)};
    }
    const auto group = structAt<GroupItem>(item, 0);
    const Chunk* chunk = chunks_.find({key.object, 1});
    // "check_chunk_block_group_mappings()", fs/btrfs/block-group.c.
    if (chunk == nullptr || chunk->logical != Extent{key.object, key.offset} ||
        group.flags != chunk->type) {
      throw Unproven{fmt::format("the block group at {} has no chunk like it", key.object)};
    }
    Group& mine = groups_[indexOf(*chunk)];
    mine.isThere = true;
    mine.used = group.used;
  }

  ExtentSet finish() {
    flush();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const Group& group = groups_[i];
      const std::uint64_t start = chunks_.chunks()[i].logical.offset;
      if (!group.isThere) throw Unproven{fmt::format("the chunk at {} has no block group", start)};
      if (group.used != group.found) {
        throw Unproven{fmt::format("the block group at {} has {} bytes in use, but extents of {}",
                                   start, group.used, group.found)};
      }
      sum += group.found;
    }
    if (sum != super_.bytesUsed) {
      throw Unproven{fmt::format("the superblock has {} bytes in use, the extent tree {}",
                                 super_.bytesUsed.value(), sum)};
    }
    return used_.finish();
  }

 private:
  struct Group {
    std::uint64_t used = 0;   // by its own count
    std::uint64_t found = 0;  // by its extents; bounded by the chunk's length
    bool isThere = false;
  };

  std::size_t indexOf(const Chunk& chunk) const {
    return static_cast<std::size_t>(&chunk - chunks_.chunks().data());
  }

  // "check_extent_item()", fs/btrfs/tree-checker.c.
  void addExtent(Extent extent, std::span<const std::byte> item) {
    if (item.size() < sizeof(ExtentItem)) {
      throw Unproven{fmt::format("the extent at {} is of an old format", extent.offset)};
    }
    const std::uint64_t kind =
        structAt<ExtentItem>(item, 0).flags & (kExtentIsData | kExtentIsTreeBlock);
    const bool isTreeBlock = kind == kExtentIsTreeBlock;
    if ((!isTreeBlock && kind != kExtentIsData) || extent.length == 0 ||
        extent.offset % super_.sectorSize != 0 || extent.length % super_.sectorSize != 0 ||
        (isTreeBlock && extent.length != super_.nodeSize)) {
      throw Unproven{fmt::format("the extent at {} is not understood", extent.offset)};
    }
    if (extent.offset < end_) {
      throw Unproven{fmt::format("the extent at {} overlaps another", extent.offset)};
    }
    // Extents come in order, so most lie in the chunk of the one before.
    if (chunk_ == nullptr || !chunk_->logical.contains({extent.offset, 1})) {
      flush();
      chunk_ = chunks_.find({extent.offset, 1});
    }
    if (chunk_ == nullptr || !extentFits(extent.offset - chunk_->logical.offset, extent.length,
                                         chunk_->logical.length)) {
      throw Unproven{fmt::format("the extent at {} lies outside all chunks", extent.offset)};
    }
    groups_[indexOf(*chunk_)].found += extent.length;
    end_ = extent.end();
    if (run_.empty() || run_.end() != extent.offset) {
      flush();
      run_ = extent;
    } else {
      run_.length += extent.length;
    }
  }

  void flush() {
    if (chunk_ != nullptr) {
      chunks_.project(*chunk_, run_, [&](Extent place) { used_.add(place); });
    }
    run_ = {};
  }

  const Super& super_;
  const ChunkMap& chunks_;
  std::vector<Group> groups_;  // one for each chunk
  ExtentBuilder used_;
  const Chunk* chunk_ = nullptr;  // in which run_ lies
  Extent run_;                    // extents without gaps that are not yet in used_
  std::uint64_t end_ = 0;         // of the last extent
};

}  // namespace

ExtentSet readExtents(TreeReader& trees, const Super& super, const ChunkMap& chunks,
                      const Roots& roots) {
  Collector collector(super, chunks);
  trees.walk(roots.extents, [&](const Key& key, std::span<const std::byte> item) {
    collector.addExtentTreeItem(key, item, !roots.groups);
  });
  if (roots.groups) {
    trees.walk(*roots.groups, [&](const Key& key, std::span<const std::byte> item) {
      collector.addGroup(key, item);
    });
  }
  return collector.finish();
}

}  // namespace disktwin::fs::btrfs
