#include "clone/fs/ext/used_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "clone/fs/ext/bitmap.h"
#include "clone/fs/ext/features.h"
#include "clone/fs/ext/groups.h"
#include "clone/fs/ext/journal.h"
#include "clone/io/checksum.h"
#include "clone/io/crc32c.h"

namespace disktwin::fs::ext {
namespace {

constexpr std::uint64_t kPiece = MiB;  // read at once, of descriptors and of bitmaps

class Mapper {
 public:
  Mapper(const Volume& volume, const PendingLog& log)
      : volume_(volume), g_(volume.geometry), log_(log), table_(volume, log) {}

  UsedMap run(const Super& super) {
    const std::uint64_t blocksAtOnce = std::max<std::uint64_t>(1, kPiece / g_.blockSize);
    for (std::uint64_t index = 0; index < g_.descriptorBlocks; index += blocksAtOnce) {
      const std::uint64_t count = std::min(blocksAtOnce, g_.descriptorBlocks - index);
      addGroups(index * g_.descriptorsPerBlock, table_.read(index, count));
    }
    addPlaces(super);
    // What the descriptors name is needed even when a bitmap denies it, so it comes last.
    const ExtentSet marked = subtract(used_.finish(), ExtentSet::from(std::move(neverUsed_)));
    UsedMap map;
    map.extents = unite(marked, forced_.finish());
    map.zeroes = subtract(ExtentSet::from(std::move(zeroed_)), map.extents);
    return map;
  }

 private:
  void addGroups(std::uint64_t first, const std::vector<Group>& groups) {
    for (std::size_t i = 0; i < groups.size(); ++i) addMetadata(first + i, groups[i]);
    const std::size_t mostBitmaps = std::max<std::size_t>(1, kPiece / g_.blockSize);
    for (std::size_t i = 0; i < groups.size();) {
      if (groups[i].blockUninit) {
        ++i;
        continue;
      }
      // With flex_bg the bitmaps of neighbours lie side by side: one read takes them all.
      std::size_t n = 1;
      while (i + n < groups.size() && n < mostBitmaps && !groups[i + n].blockUninit &&
             groups[i + n].blockBitmap == groups[i].blockBitmap + n) {
        ++n;
      }
      auto bytes = volume_.read({groups[i].blockBitmap, n}, "a block bitmap");
      for (std::size_t k = 0; k < n; ++k) {
        addBitmap(first + i + k, groups[i + k],
                  std::span(bytes).subspan(k * g_.blockSize, g_.blockSize));
      }
      i += n;
    }
  }

  void addMetadata(std::uint64_t number, const Group& group) {
    force(g_.header(number));
    force({group.blockBitmap, 1});
    force({group.inodeBitmap, 1});
    force({group.inodeTable, group.inodeBlocks});
    // The rest of the table is marked as in use, but no inode was ever there.
    const Extent rest = g_.extent({group.inodeTable + group.inodeBlocks,
                                   std::uint64_t{g_.inodeTableBlocks} - group.inodeBlocks});
    if (rest.empty()) return;
    append(neverUsed_, rest);
    // A table that calls itself zeroed is not zeroed again by the kernel: left alone, it would keep
    // the target's old bytes, and a repair that distrusts the flags would take them for inodes.
    if (group.tableZeroed) append(zeroed_, rest);
  }

  static void append(std::vector<Extent>& to, const Extent& extent) {
    if (!to.empty() && to.back().end() == extent.offset) {
      to.back().length += extent.length;
    } else {
      to.push_back(extent);
    }
  }

  void addBitmap(std::uint64_t number, const Group& group, std::span<std::byte> bitmap) {
    const auto images = log_.of(group.blockBitmap);
    std::vector<std::byte> newer(images.empty() ? 0 : g_.blockSize);
    for (const LogImage& image : images) {
      PendingLog::read(volume_, image, newer);
      uniteBits(bitmap, newer);
    }
    const std::uint64_t start = g_.groupStart(number);
    const std::uint64_t length = g_.groupLength(number);
    const auto clusters =
        static_cast<std::uint32_t>((length + g_.clusterRatio - 1) / g_.clusterRatio);
    // With clusters, some tools count them from block 0 and others from the first data block; to
    // begin a run that little earlier is right for both.
    const std::uint64_t early = g_.clusterRatio > 1 ? g_.firstDataBlock : 0;
    const std::uint32_t clear =
        forEachRun(bitmap, clusters, [&](std::uint32_t first, std::uint32_t count) {
          const std::uint64_t from = std::uint64_t{first} * g_.clusterRatio;
          const std::uint64_t to = std::min(length, from + std::uint64_t{count} * g_.clusterRatio);
          used_.add(g_.extent({start + from - early, to - from + early}));
        });
    // A bitmap that the log replaces need not fit its descriptor before that is done.
    if (images.empty()) verify(number, group, bitmap, clear);
  }

  void verify(std::uint64_t number, const Group& group, std::span<const std::byte> bitmap,
              std::uint32_t clear) const {
    // "Block and Inode Bitmaps": the checksum is over the clusters of a full group.
    const std::uint32_t mask = bitmapChecksumMask(g_);
    if (mask != 0) {
      const std::uint32_t found = crc32c(g_.checksumSeed, bitmap.first(g_.clustersPerGroup / 8));
      if (!checksumAgrees(group.bitmapChecksum & mask, found & mask)) {
        throw Unproven{
            fmt::format("the block bitmap of group {} is damaged: its checksum is wrong", number)};
      }
    }
    // One that knows of more in use than the descriptor does no harm.
    if (clear > group.freeClusters) {
      throw Unproven{
          fmt::format("the block bitmap of group {} is damaged: it has {} free blocks,"
                      " the group descriptor says {}; e2fsck repairs it",
                      number, clear, group.freeClusters)};
    }
  }

  void addPlaces(const Super& super) {
    force(g_.primaryHeader());
    for (std::uint64_t i = g_.leadingDescriptorBlocks; i < g_.descriptorBlocks; ++i) {
      force({g_.descriptorBlock(i), 1});
    }
    if ((super.incompat & kMmp) != 0 && super.mmpBlock < g_.blocks) force({super.mmpBlock, 1});
  }

  void force(Blocks run) {
    run.count = std::min(run.count, g_.blocks - std::min(run.first, g_.blocks));
    if (run.count != 0) forced_.add(g_.extent(run));
  }

  const Volume& volume_;
  const Geometry& g_;
  const PendingLog& log_;
  GroupTable table_;
  ExtentBuilder used_;
  ExtentBuilder forced_;
  // Exact, unlike the builders' extents: these are taken away.
  std::vector<Extent> neverUsed_;
  std::vector<Extent> zeroed_;
};

// The log may hold newer superblocks, too. Counters in them do not matter; a filesystem that was
// being resized does.
void checkLoggedSupers(const Volume& volume, const PendingLog& log) {
  std::vector<std::byte> block(volume.geometry.blockSize);
  const std::size_t at = kSuperOffset % volume.geometry.blockSize;
  for (const LogImage& image : log.of(volume.geometry.superBlock())) {
    if (!image.committed()) continue;
    PendingLog::read(volume, image, block);
    const auto super = structAt<Super>(block, at);
    requireKnownFeatures(super);
    requireTrustedState(super);
    if (super.magic != kSuperMagic || !(Geometry::of(super) == volume.geometry)) {
      throw Unproven{
          "its journal holds a change of the filesystem's size that is not yet in place;"
          " mount and unmount it once, or run e2fsck"};
    }
  }
}

}  // namespace

UsedMap usedMap(const BlockReader& reader, const Super& super) {
  if ((super.incompat & kJournalDevice) != 0) {
    throw Unproven{"it is the journal of a filesystem on another device, and such are copied so"};
  }
  requireKnownFeatures(super);
  requireTrustedState(super);
  const Geometry geometry = Geometry::of(super);
  if (geometry.bytes() > reader.size()) {
    throw Unproven{fmt::format("the filesystem claims {} bytes, but the volume has only {}",
                               geometry.bytes(), reader.size())};
  }
  const Volume volume{reader, geometry};
  const PendingLog log = pendingLog(volume, super);
  checkLoggedSupers(volume, log);
  return Mapper(volume, log).run(super);
}

}  // namespace disktwin::fs::ext
