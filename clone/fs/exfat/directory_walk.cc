#include "clone/fs/exfat/directory_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "clone/fs/exfat/cluster_chain.h"
#include "clone/fs/exfat/entries.h"
#include "clone/fs/exfat/root_directory.h"

namespace disktwin::fs::exfat {
namespace {

constexpr std::uint64_t kPiece = 256 * KiB;
// Limits that bound memory to some 40 MiB and time to what reading so many bytes takes.
constexpr std::size_t kMostDirectories = 1U << 19;
constexpr std::uint64_t kMostBytes = 2 * GiB;
constexpr std::uint64_t kMostTableReads = 1U << 22;  // enough to read the largest table once

struct Item {
  std::uint32_t firstCluster;
  std::uint64_t length;
  bool inOnePiece;
};

class Walk {
 public:
  Walk(const BlockReader& volume, const Geometry& geometry,
       const std::function<void(std::uint32_t, std::uint32_t)>& taken)
      : volume_(volume),
        geometry_(geometry),
        taken_(taken),
        table_(volume, geometry),
        linksLeft_(std::uint64_t{geometry.clusterCount} + 1) {}

  std::string run() {
    addDirectory({geometry_.rootCluster, kMostDirectoryBytes, false});
    while (!pending_.empty() && problem_.empty()) {
      const Item directory = pending_.back();
      pending_.pop_back();
      readDirectory(directory);
    }
    return problem_;
  }

 private:
  // Every run of clusters of `item`, as far as they exist.
  void forEachRun(const Item& item, const std::function<void(std::uint32_t, std::uint32_t)>& run) {
    if (!geometry_.isCluster(item.firstCluster) || item.length == 0) return;
    const std::uint32_t wanted = geometry_.clustersFor(item.length);
    if (item.inOnePiece) {
      const std::uint32_t there = geometry_.clusterCount - (item.firstCluster - kFirstCluster);
      run(item.firstCluster, std::min(wanted, there));
      return;
    }
    const auto most = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, linksLeft_));
    std::uint32_t seen = 0;
    const ChainEnd end = followChain(table_, geometry_, item.firstCluster, most,
                                     [&](std::uint32_t first, std::uint32_t count) {
                                       seen += count;
                                       run(first, count);
                                     });
    linksLeft_ -= seen;
    if (end == ChainEnd::Circle) problem_ = "the clusters of one of its files run in a circle";
    // Files do not share clusters, so that all chains together are no longer than the volume.
    if (linksLeft_ == 0) problem_ = "its files overlap";
    if (table_.reads() > kMostTableReads) {
      problem_ = "it is not clean and too fragmented to look through all of its files";
    }
  }

  void addDirectory(const Item& directory) {
    if (!geometry_.isCluster(directory.firstCluster)) return;
    if (directory.length > kMostDirectoryBytes) {
      problem_ = fmt::format("it has a directory of {} bytes, {} are possible", directory.length,
                             kMostDirectoryBytes);
    } else if (!known_.insert(directory.firstCluster).second) {
      problem_ = "one of its directories is found in two places";
    } else if (known_.size() > kMostDirectories) {
      problem_ = fmt::format("it is not clean and has more than {} directories", kMostDirectories);
    } else {
      pending_.push_back(directory);
    }
  }

  void readDirectory(const Item& directory) {
    std::vector<Extent> extents;
    forEachRun(directory, [&](std::uint32_t first, std::uint32_t count) {
      taken_(first, count);
      extents.push_back(geometry_.clusters(first, count));
    });
    inDirectory_ = false;
    for (const Extent& extent : extents) {
      for (std::uint64_t at = extent.offset; at < extent.end() && problem_.empty();) {
        // A preallocated directory is mostly hole on a sparse volume.
        const Extent data = intersection(volume_.nextData(at), extent);
        if (data.empty()) break;
        at = roundDown(data.offset, sizeof(GenericEntry));
        const std::uint64_t length = std::min(kPiece, extent.end() - at);
        readPiece(at, static_cast<std::size_t>(length));
        at += length;
      }
    }
  }

  void readPiece(std::uint64_t at, std::size_t length) {
    bytesRead_ += length;
    if (bytesRead_ > kMostBytes) {
      problem_ = "it is not clean and has too many directories to look through";
      return;
    }
    const auto bytes = readBytes(volume_, at, length);
    // Not only up to the end-of-directory mark: what comes behind it does no harm.
    for (std::size_t i = 0; i + sizeof(GenericEntry) <= length && problem_.empty();
         i += sizeof(GenericEntry)) {
      take(structAt<GenericEntry>(bytes, i));
    }
  }

  void take(const GenericEntry& found) {
    const bool describesDirectory = inDirectory_ && found.type == entry::kStream;
    inDirectory_ = false;
    if (!entry::isInUse(found.type)) return;
    unsigned flags = found.secondaryFlags;
    if (!entry::isSecondary(found.type)) {
      switch (found.type) {
        case entry::kFile:
          inDirectory_ = (found.primaryFlags & kDirectoryAttribute) != 0;
          return;
        case entry::kBitmap:
        case entry::kUpCaseTable:
        case entry::kLabel:
          return;  // of the root directory, which is read for itself
        default:
          flags = found.primaryFlags;
      }
    }
    // A Stream Extension always has clusters when its first one is named.
    if ((flags & kAllocationPossible) == 0 && found.type != entry::kStream) return;
    const Item item{found.firstCluster, found.length, (flags & kNoTableChain) != 0};
    if (describesDirectory) {
      addDirectory(item);
    } else {
      forEachRun(item, taken_);
    }
  }

  const BlockReader& volume_;
  const Geometry& geometry_;
  const std::function<void(std::uint32_t, std::uint32_t)>& taken_;
  ClusterTable table_;
  std::uint64_t linksLeft_;
  std::uint64_t bytesRead_ = 0;
  std::vector<Item> pending_;
  std::unordered_set<std::uint32_t> known_;
  bool inDirectory_ = false;  // the last entry was the File entry of a directory
  std::string problem_;
};

}  // namespace

std::string walkDirectories(const BlockReader& volume, const Geometry& geometry,
                            const std::function<void(std::uint32_t, std::uint32_t)>& taken) {
  return Walk(volume, geometry, taken).run();
}

}  // namespace disktwin::fs::exfat
