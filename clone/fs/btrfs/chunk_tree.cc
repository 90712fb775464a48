#include "clone/fs/btrfs/chunk_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/fs/btrfs/super.h"
#include "clone/fs/btrfs/unproven.h"

namespace disktwin::fs::btrfs {
namespace {

// Far more than any filesystem has.
constexpr std::size_t kMostDevices = 65536;

// What the superblock says of system chunks must be what the tree says; the tree was read through
// it.
void requireSame(const ChunkMap& system, const ChunkMap& all) {
  for (const Chunk& mine : system.chunks()) {
    const Chunk* found = all.find(mine.logical);
    const auto isSame = [](const Piece& a, const Piece& b) {
      return a.offset == b.offset && a.column == b.column;
    };
    const auto a = system.piecesOf(mine);
    if (found == nullptr || found->logical != mine.logical || found->type != mine.type) {
      throw Unproven{"the superblock has system chunks that the chunk tree does not know"};
    }
    const auto b = all.piecesOf(*found);
    if (!std::equal(a.begin(), a.end(), b.begin(), b.end(), isSame)) {
      throw Unproven{"the superblock has system chunks elsewhere than the chunk tree"};
    }
  }
}

void requireThisDevice(const DeviceItem& item, const Super& super, const ChunkMap& map) {
  if (item.uuid != super.device.uuid || item.bytesUsed != super.device.bytesUsed) {
    throw Unproven{"the chunk tree and the superblock do not agree about this device"};
  }
  map.requireDeviceBytes(item.bytesUsed);
}

}  // namespace

ThisDevice thisDevice(const Super& super, std::uint64_t volumeSize) {
  return {super.device.id, super.device.uuid,
          std::min<std::uint64_t>(super.device.totalBytes, volumeSize), super.sectorSize};
}

// "btrfs_read_sys_array()", fs/btrfs/volumes.c: keys and chunks in turn, in no order.
ChunkMap systemChunks(const Super& super, std::uint64_t volumeSize) {
  struct Entry {
    std::uint64_t logical;
    std::span<const std::byte> item;
  };
  std::vector<Entry> entries;
  auto rest = std::span(super.systemArray)
                  .first(std::min<std::size_t>(super.systemArrayBytes, kSystemArraySize));
  while (!rest.empty()) {
    if (rest.size() < sizeof(DiskKey) + sizeof(ChunkHeader)) {
      throw Unproven{"the superblock's array of system chunks is cut short"};
    }
    const Key key = structAt<DiskKey>(rest, 0).value();
    rest = rest.subspan(sizeof(DiskKey));
    const std::size_t length =
        sizeof(ChunkHeader) + structAt<ChunkHeader>(rest, 0).stripes * sizeof(ChunkStripe);
    if (key.object != kFirstChunkTree || key.type != kChunkItem || length > rest.size()) {
      throw Unproven{"the superblock's array of system chunks is damaged"};
    }
    entries.push_back({key.offset, rest.first(length)});
    rest = rest.subspan(length);
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.logical < b.logical; });
  ChunkMap map(thisDevice(super, volumeSize));
  for (const Entry& entry : entries) map.add(entry.logical, entry.item);
  return map;
}

NodeRef chunkRoot(const Super& super) {
  return {super.chunkRoot, super.chunkRootGeneration, kChunkTree, super.chunkRootLevel};
}

std::vector<DeviceItem> readDevices(TreeReader& trees, const Super& super) {
  std::vector<DeviceItem> out;
  trees.walk(chunkRoot(super), {kDeviceItems, kDeviceItem, 0}, {kDeviceItems, kDeviceItem, ~0ULL},
             [&](const Key& key, std::span<const std::byte> item) {
               if (item.size() < sizeof(DeviceItem) || out.size() >= kMostDevices) {
                 throw Unproven{"the chunk tree's list of devices is damaged"};
               }
               out.push_back(structAt<DeviceItem>(item, 0));
               if (out.back().id != key.offset) {
                 throw Unproven{"the chunk tree's list of devices is damaged"};
               }
             });
  return out;
}

ChunkTree readChunks(const BlockReader& volume, const Super& super) {
  const ChunkMap system = systemChunks(super, volume.size());
  TreeReader trees(volume, super, system);
  const std::vector<DeviceItem> devices = readDevices(trees, super);
  ChunkMap map(system.device());
  trees.walk(chunkRoot(super), [&](const Key& key, std::span<const std::byte> item) {
    if (key.object == kFirstChunkTree && key.type == kChunkItem) {
      map.add(key.offset, item);
    } else if (key.object != kDeviceItems || key.type != kDeviceItem) {
      throw Unproven{fmt::format("the chunk tree holds something of an unknown type {}", key.type)};
    }
  });
  requireSame(system, map);
  const auto mine = std::find_if(devices.begin(), devices.end(), [&](const DeviceItem& item) {
    return item.id == super.device.id;
  });
  if (mine == devices.end()) throw Unproven{"the chunk tree does not know this device"};
  requireThisDevice(*mine, super, map);
  return {std::move(map), trees.blocksRead()};
}

}  // namespace disktwin::fs::btrfs
