#include "tests/fs/btrfs/made_btrfs.h"

#include <algorithm>

#include "clone/fs/btrfs/checksum.h"
#include "tests/support/catch.h"

namespace disktwin::fs::btrfs::test {
namespace {

constexpr std::uint64_t kFsTree = 5;
constexpr std::uint64_t kGeneration = 7;

Uuid uuid(std::uint8_t first) {
  Uuid out;
  for (std::uint8_t i = 0; i < 16; ++i) out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

void append(Bytes& to, const Bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
}

DiskKey disk(const Key& key) {
  return {key.object, key.type, key.offset};
}

void sealBlock(std::span<std::byte> block, std::uint16_t type) {
  const auto sum = checksumOf(type, block);
  std::copy(sum.begin(), sum.end(), block.begin());
}

}  // namespace

Bytes chunkItem(const MadeChunk& chunk) {
  ChunkHeader header{};
  header.length = chunk.length;
  header.owner = 2U;
  header.stripeLength = kStripe;
  header.type = chunk.type;
  header.stripes = static_cast<std::uint16_t>(chunk.stripes.size());
  header.subStripes = static_cast<std::uint16_t>((chunk.type & kRaid10) != 0 ? 2 : 1);
  Bytes out = bytesOf(header);
  for (const auto& [device, offset] : chunk.stripes) {
    append(out, bytesOf(ChunkStripe{device, offset, uuid(static_cast<std::uint8_t>(device * 16))}));
  }
  return out;
}

MadeBtrfs::MadeBtrfs() : disk(std::make_shared<disktwin::test::SparseDisk>(kSize)) {
  chunks = {{kSystemAt, 1 * MiB, kSystem | kDup, {{1, 1 * MiB}, {1, 2 * MiB}}},
            {kMetadataAt, 2 * MiB, kMetadata | kDup, {{1, 3 * MiB}, {1, 5 * MiB}}},
            {kDataAt, 4 * MiB, kData, {{1, 7 * MiB}}}};
  data = {{kDataAt, 128 * KiB}, {kDataAt + MiB, 4 * KiB}, {kDataAt + 2 * MiB, 512 * KiB}};
  super.fsid = uuid(0xA0);
  super.bytenr = kSuperOffset;
  super.flags = std::uint64_t{kWritten};
  super.magic = kMagic;
  super.generation = kGeneration;
  super.chunkRootGeneration = kGeneration;
  super.totalBytes = kSize;
  super.devices = 1U;
  super.sectorSize = 4096U;
  super.nodeSize = kNode;
  super.leafSize = kNode;
  super.stripeSize = 4096U;
  super.incompat = kMixedBackref | kExtendedIref | kSkinnyMetadata | kNoHoles;
  std::memcpy(super.label, "a label", 7);
  DeviceItem device{};
  device.id = 1U;
  device.totalBytes = kSize;
  device.bytesUsed = 10 * MiB;
  device.uuid = uuid(16);
  device.fsid = super.fsid;
  devices = {device};
  seal();
}

std::uint64_t MadeBtrfs::allocate(std::uint64_t tree) {
  std::uint64_t& next = tree == kChunkTree ? nextSystem_ : nextMetadata_;
  // A gap after each, so that what is missing shows; the map fills in short gaps only.
  const std::uint64_t out = next;
  next += 68 * KiB;
  return out;
}

std::size_t MadeBtrfs::leavesFor(const Items& items) const {
  std::size_t leaves = 1;
  std::size_t room = kNode - sizeof(Header);
  std::size_t count = 0;
  for (const auto& [key, content] : items) {
    const std::size_t size = sizeof(LeafItem) + content.size();
    if (size > room || count == itemsPerLeaf) {
      ++leaves;
      room = kNode - sizeof(Header);
      count = 0;
    }
    room -= size;
    ++count;
  }
  return leaves;
}

std::vector<std::uint64_t> MadeBtrfs::placesOf(std::uint64_t logical) const {
  std::vector<std::uint64_t> out;
  for (const MadeChunk& chunk : chunks) {
    if (logical < chunk.logical || logical >= chunk.logical + chunk.length) continue;
    for (const auto& [device, offset] : chunk.stripes) {
      if (device == super.device.id) out.push_back(offset + logical - chunk.logical);
    }
  }
  return out;
}

void MadeBtrfs::writeBlock(std::uint64_t tree, std::uint64_t logical, std::uint8_t level,
                           std::uint32_t items, const Bytes& body) {
  Header header{};
  header.fsid = (super.incompat & kMetadataUuid) != 0 ? super.metadataUuid : super.fsid;
  header.bytenr = logical;
  header.generation = kGeneration;
  header.owner = tree;
  header.items = items;
  header.level = level;
  Bytes block = bytesOf(header);
  append(block, body);
  block.resize(kNode);
  sealBlock(block, super.checksumType);
  blocks_.push_back({tree, logical, placesOf(logical)});
  for (const std::uint64_t place : blocks_.back().places) {
    disk->put(place, std::span<const std::byte>(block));
  }
}

// One leaf after the other, and above them, when there is more than one, a node.
void MadeBtrfs::writeTree(std::uint64_t tree, const Items& items,
                          std::vector<std::uint64_t> addresses) {
  Bytes pointers;
  std::uint32_t leaves = 0;
  auto item = items.begin();
  do {
    const Key first = item == items.end() ? Key{} : item->first;
    Bytes heads;
    Bytes contents(kNode - sizeof(Header));
    std::size_t end = contents.size();
    std::uint32_t count = 0;
    for (; item != items.end() && count < itemsPerLeaf; ++item, ++count) {
      const Bytes& content = item->second;
      if (heads.size() + sizeof(LeafItem) + content.size() > end) break;
      end -= content.size();
      std::copy(content.begin(), content.end(),
                contents.begin() + static_cast<std::ptrdiff_t>(end));
      append(heads, bytesOf(LeafItem{test::disk(item->first), static_cast<std::uint32_t>(end),
                                     static_cast<std::uint32_t>(content.size())}));
    }
    std::copy(heads.begin(), heads.end(), contents.begin());
    writeBlock(tree, addresses[leaves], 0, count, contents);
    append(pointers, bytesOf(NodePointer{test::disk(first), addresses[leaves], kGeneration}));
    ++leaves;
  } while (item != items.end());
  trees_[tree] = {addresses[0], 0};
  if (leaves == 1) return;
  writeBlock(tree, addresses[leaves], 1, leaves, pointers);
  trees_[tree] = {addresses[leaves], 1};
}

Items MadeBtrfs::extentItems() const {
  Items out;
  for (const auto& [tree, addresses] : addresses_) {
    for (const std::uint64_t logical : addresses) {
      Bytes item = bytesOf(ExtentItem{std::uint64_t{1}, kGeneration, kExtentIsTreeBlock});
      append(item, Bytes(9));
      out[{logical, kMetadataItem, 0}] = item;
    }
  }
  for (const auto& [logical, length] : data) {
    Bytes item = bytesOf(ExtentItem{std::uint64_t{1}, kGeneration, kExtentIsData});
    append(item, Bytes(29));
    out[{logical, kExtentItem, length}] = item;
  }
  return out;
}

Items MadeBtrfs::groupItems() const {
  Items out;
  const Items extents = extentItems();
  for (const MadeChunk& chunk : chunks) {
    std::uint64_t used = 0;
    for (const auto& [key, item] : extents) {
      if (key.object < chunk.logical || key.object >= chunk.logical + chunk.length) continue;
      used += key.type == kMetadataItem ? kNode : key.offset;
    }
    out[{chunk.logical, kGroupItem, chunk.length}] =
        bytesOf(GroupItem{used, kFirstChunkTree, chunk.type});
  }
  return out;
}

Items MadeBtrfs::rootItems() const {
  Items out;
  for (const auto& [id, tree] : trees_) {
    if (id == kChunkTree || id == kRootTree) continue;
    RootItem root{};
    root.generation = kGeneration;
    root.bytenr = tree.root;
    root.references = 1U;
    root.level = tree.level;
    out[{id, kRootItem, 0}] = bytesOf(root);
  }
  return out;
}

void MadeBtrfs::seal() {
  blocks_.clear();
  trees_.clear();
  addresses_.clear();
  nextSystem_ = kSystemAt + 16 * KiB;
  nextMetadata_ = kMetadataAt + 32 * KiB;
  std::map<std::uint64_t, Items> trees = extra;
  for (const MadeChunk& chunk : chunks) {
    trees[kChunkTree][{kFirstChunkTree, kChunkItem, chunk.logical}] = chunkItem(chunk);
    for (const auto& [device, offset] : chunk.stripes) {
      std::uint64_t columns = 1;
      if ((chunk.type & kRaid0) != 0) columns = chunk.stripes.size();
      if ((chunk.type & kRaid10) != 0) columns = chunk.stripes.size() / 2;
      if ((chunk.type & kRaid5) != 0) columns = chunk.stripes.size() - 1;
      if ((chunk.type & kRaid6) != 0) columns = chunk.stripes.size() - 2;
      trees[kDeviceTree][{device, kDeviceExtent, offset}] = bytesOf(DeviceExtentItem{
          kChunkTree, kFirstChunkTree, chunk.logical, chunk.length / columns, Uuid{}});
    }
  }
  for (const DeviceItem& device : devices) {
    trees[kChunkTree][{kDeviceItems, kDeviceItem, device.id}] = bytesOf(device);
  }
  super.device = devices[0];
  trees[kFsTree][{256, 1, 0}] = Bytes(160);
  trees[kRootTree];
  trees[kExtentTree];
  if (groupTree) {
    trees[kGroupTree];
    super.compatRo = super.compatRo | kBlockGroupTree;
  }
  // Addresses come first: the extent tree has to name its own blocks. One more for a node.
  const auto reserve = [&](std::uint64_t tree, std::size_t leaves) {
    auto& mine = addresses_[tree];
    while (mine.size() < leaves + (leaves > 1 ? 1 : 0)) mine.push_back(allocate(tree));
  };
  for (const auto& [id, items] : trees) {
    if (id != kExtentTree && id != kRootTree && id != kGroupTree) reserve(id, leavesFor(items));
  }
  if (groupTree) reserve(kGroupTree, leavesFor(groupItems()));
  for (const auto& [id, items] : trees) {
    trees_[id] = {};  // for the size of the root tree
  }
  {
    Items roots = rootItems();
    roots.insert(trees[kRootTree].begin(), trees[kRootTree].end());
    reserve(kRootTree, leavesFor(roots));
  }
  Items extents;
  for (std::size_t before = 0;; before = addresses_[kExtentTree].size()) {
    extents = extentItems();
    extents.insert(trees[kExtentTree].begin(), trees[kExtentTree].end());
    if (!groupTree) extents.merge(groupItems());
    reserve(kExtentTree, leavesFor(extents));
    if (addresses_[kExtentTree].size() == before) break;
  }
  if (groupTree) trees[kGroupTree] = groupItems();
  trees[kExtentTree] = extents;
  for (const auto& [tree, key] : without) trees[tree].erase(key);
  trees_.clear();
  for (const auto& [id, items] : trees) {
    if (id != kRootTree) writeTree(id, items, addresses_[id]);
  }
  Items roots = rootItems();
  roots.insert(trees[kRootTree].begin(), trees[kRootTree].end());
  writeTree(kRootTree, roots, addresses_[kRootTree]);
  super.root = trees_[kRootTree].root;
  super.rootLevel = trees_[kRootTree].level;
  super.chunkRoot = trees_[kChunkTree].root;
  super.chunkRootLevel = trees_[kChunkTree].level;
  std::uint64_t used = 0;
  for (const auto& [key, item] : groupItems()) used += structAt<GroupItem>(item, 0).used;
  super.bytesUsed = used;
  sealSystemArray();
  sealSuper();
}

void MadeBtrfs::sealSystemArray() {
  Bytes array;
  for (const MadeChunk& chunk : chunks) {
    if ((chunk.type & kSystem) == 0) continue;
    append(array, bytesOf(test::disk({kFirstChunkTree, kChunkItem, chunk.logical})));
    append(array, chunkItem(chunk));
  }
  super.systemArrayBytes = static_cast<std::uint32_t>(array.size());
  std::copy(array.begin(), array.end(), super.systemArray);
}

void MadeBtrfs::sealSuper() {
  sealBlock(std::as_writable_bytes(std::span(&super, 1)),
            isKnownChecksum(super.checksumType) ? super.checksumType.value() : std::uint16_t{0});
  disk->put(kSuperOffset, super);
}

const MadeBtrfs::Block& MadeBtrfs::root(std::uint64_t tree) const {
  return *std::find_if(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    return block.tree == tree && block.logical == trees_.at(tree).root;
  });
}

Bytes MadeBtrfs::content(const Block& block) const {
  return readBytes(*disk, block.places[0], kNode);
}

void MadeBtrfs::change(const Block& block, std::size_t at, std::span<const std::byte> bytes,
                       bool sealed) {
  Bytes whole = content(block);
  std::copy(bytes.begin(), bytes.end(), whole.begin() + static_cast<std::ptrdiff_t>(at));
  if (sealed) sealBlock(whole, super.checksumType);
  for (const std::uint64_t place : block.places) {
    disk->put(place, std::span<const std::byte>(whole));
  }
}

ExtentSet MadeBtrfs::needed() const {
  std::vector<Extent> out{{kSuperOffset, kSuperSize}};
  for (const Block& block : blocks_) {
    for (const std::uint64_t place : block.places) out.push_back({place, kNode});
  }
  for (const auto& [logical, length] : data) {
    for (const std::uint64_t place : placesOf(logical)) out.push_back({place, length});
  }
  return ExtentSet::from(std::move(out));
}

void requireSafe(const MadeBtrfs& made, const ExtentSet& needed) {
  const auto fs = made.fs();
  if (!fs) return;
  const ExtentSet all{{0, made.disk->size()}};
  const UsedMap map = fs->used();
  const bool isInside =
      subtract(map.extents, all).empty() && subtract(fs->signatures(), all).empty();
  const bool isEnough =
      map.whyWhole.empty() ? subtract(needed, map.extents).empty() : map.extents == all;
  REQUIRE((isInside && isEnough));
}

void requireHarmless(const MadeBtrfs& made) {
  requireSafe(made, {});
}

}  // namespace disktwin::fs::btrfs::test
