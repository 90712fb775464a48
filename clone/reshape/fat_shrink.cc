#include "clone/reshape/fat_shrink.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "clone/fs/fat/boot_sector.h"
#include "clone/fs/fat/directory_entry.h"
#include "clone/fs/fat/table.h"
#include "clone/io/file_reader.h"
#include "platform/cancellation.h"
#include "platform/error.h"

namespace disktwin::reshape {
namespace {

using fs::fat::BootSector;
using fs::fat::DirectoryEntry;
using fs::fat::Geometry;

// fatgen103, "FAT Type Determination"; a little away from the borders, as it advises.
constexpr std::uint32_t kFirstFat16 = 4085 + 16;
constexpr std::uint32_t kFirstFat32 = 65525 + 16;
constexpr std::uint64_t kLargestTable = 256 * MiB;
constexpr std::uint32_t kSpare = 16;  // clusters that are left free

struct Info {  // "FSInfo Sector Structure", its end
  le32 signature;
  le32 freeClusters;
  le32 nextFree;
};
constexpr std::uint64_t kInfoAt = 484;
constexpr std::uint32_t kInfoSignature = 0x61417272;

[[noreturn]] void fail(const char* what) {
  throw Error(ErrorKind::Failed, "FAT", what, "check it (fsck.fat), or keep its size");
}

// Fewer clusters would make it another type, unless it has fewer already.
std::uint32_t fewestClusters(const Geometry& g) {
  const std::uint32_t first = g.bits == 32 ? kFirstFat32 : g.bits == 16 ? kFirstFat16 : 1;
  return std::min(first, g.bits == 32 && g.clusterCount < kFirstFat32 ? 1 : g.clusterCount);
}

// The file allocation table in memory; all bits of FAT32's entries are kept.
class Table {
 public:
  Table(const BlockReader& volume, const Geometry& g)
      : bits_(g.bits), bytes_(readBytes(volume, g.tableAt(g.activeTable), g.tableBytes)) {}

  std::uint32_t get(std::uint32_t cluster) const {
    if (bits_ == 32) return structAt<le32>(bytes_, std::size_t{cluster} * 4) & 0x0FFFFFFF;
    if (bits_ == 16) return structAt<le16>(bytes_, std::size_t{cluster} * 2);
    const std::uint32_t pair = structAt<le16>(bytes_, cluster + cluster / 2);
    return cluster % 2 != 0 ? pair >> 4 : pair & 0xFFF;
  }
  void set(std::uint32_t cluster, std::uint32_t value) {
    if (bits_ == 32) {
      const std::size_t at = std::size_t{cluster} * 4;
      const std::uint32_t kept = structAt<le32>(bytes_, at) & 0xF0000000;
      put<le32>(at, kept | value);
    } else if (bits_ == 16) {
      put<le16>(std::size_t{cluster} * 2, static_cast<std::uint16_t>(value));
    } else {
      const std::size_t at = cluster + cluster / 2;
      const std::uint32_t pair = structAt<le16>(bytes_, at);
      put<le16>(at, static_cast<std::uint16_t>(cluster % 2 != 0 ? (pair & 0x000F) | value << 4
                                                                : (pair & 0xF000) | value));
    }
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  template <typename T, typename Value>
  void put(std::size_t at, Value value) {
    T number;
    number = value;
    std::memcpy(bytes_.data() + at, &number, sizeof number);
  }

  unsigned bits_;
  std::vector<std::byte> bytes_;
};

class Shrink {
 public:
  Shrink(const std::string& path, std::uint64_t size)
      : reader_(File::openWrite(path)),
        g_(fs::fat::readGeometry(reader_).value_or(Geometry{})),
        table_(reader_, g_),
        newPlace_(g_.clusterCount + 2),
        isWalked_(g_.clusterCount + 2),
        sectors_(size / g_.sectorBytes),
        end_(static_cast<std::uint32_t>(2 + (sectors_ * g_.sectorBytes - g_.dataStart) /
                                                g_.clusterBytes)) {}

  void run() {
    chooseAndMove();
    rewriteTable();
    if (g_.bits == 32) {
      root_ = placeOf(g_.rootCluster);
      walk(root_);
    } else {
      patchFolder(g_.oldRoot, [this](std::uint32_t folder) { walk(folder); });
    }
    writeTables();
    patchBoot(0);
    if (g_.backupAt != 0 && isBoot(g_.backupAt)) patchBoot(g_.backupAt);
    if (g_.infoAt != 0) patchInfo(g_.infoAt);
    if (g_.infoAt != 0 && g_.backupAt != 0) patchInfo(g_.backupAt + g_.infoAt);
    reader_.file().flush();
  }

 private:
  template <typename T>
  void write(std::uint64_t at, const T& value) {
    reader_.file().writeAt(at, std::as_bytes(std::span(&value, 1)));
  }
  std::uint32_t bad() const { return 0x0FFFFFF7 & g_.entryMask(); }
  std::uint32_t placeOf(std::uint32_t cluster) const {
    if (!g_.isCluster(cluster)) return cluster;
    return newPlace_[cluster] != 0 ? newPlace_[cluster] : cluster;
  }

  void chooseAndMove() {
    std::uint32_t free = 2;
    for (std::uint32_t cluster = end_; cluster < g_.clusterCount + 2; ++cluster) {
      if (table_.get(cluster) == 0 || table_.get(cluster) == bad()) continue;
      while (free < end_ && table_.get(free) != 0) ++free;
      if (free >= end_) fail("has more in it than when its size was planned");
      newPlace_[cluster] = free;
      const Extent from = g_.clusters(cluster, 1);
      reader_.file().writeAt(g_.clusters(free, 1).offset,
                             readBytes(reader_, from.offset, from.length));
      ++free;
      Cancellation::check();
    }
  }

  // Entries name clusters that may have moved, and have moved themselves.
  void rewriteTable() {
    for (std::uint32_t cluster = 2; cluster < g_.clusterCount + 2; ++cluster) {
      const std::uint32_t value = table_.get(cluster);
      if (value != bad() && placeOf(value) != value) table_.set(cluster, placeOf(value));
    }
    for (std::uint32_t cluster = end_; cluster < g_.clusterCount + 2; ++cluster) {
      if (newPlace_[cluster] != 0) table_.set(newPlace_[cluster], table_.get(cluster));
      table_.set(cluster, 0);
    }
  }

  // All folders from this one on, which begins at a cluster that is in its place already.
  void walk(std::uint32_t folder) {
    std::vector<std::uint32_t> waiting{folder};
    while (!waiting.empty()) {
      std::uint32_t cluster = waiting.back();
      waiting.pop_back();
      for (; g_.isCluster(cluster) && cluster < end_; cluster = table_.get(cluster)) {
        if (isWalked_[cluster]) break;
        isWalked_[cluster] = true;
        if (!patchFolder(g_.clusters(cluster, 1),
                         [&](std::uint32_t inner) { waiting.push_back(inner); })) {
          break;
        }
      }
    }
  }

  // Tells the entries in a part of a folder where their files begin now. False at its end.
  template <typename Each>
  bool patchFolder(Extent part, const Each& each) {
    const std::vector<std::byte> bytes = readBytes(reader_, part.offset, part.length);
    for (std::size_t at = 0; at + sizeof(DirectoryEntry) <= bytes.size();
         at += sizeof(DirectoryEntry)) {
      auto entry = structAt<DirectoryEntry>(bytes, at);
      if (entry.isEnd()) return false;
      if (entry.isDeleted() || (entry.attributes & fs::fat::kVolumeId) != 0) continue;
      const std::uint32_t high = g_.bits == 32 ? entry.clusterHigh.value() : 0U;
      const std::uint32_t old = high << 16 | entry.clusterLow.value();
      const std::uint32_t now = placeOf(old);
      if (now != old) {
        entry.clusterLow = static_cast<std::uint16_t>(now);
        if (g_.bits == 32) entry.clusterHigh = static_cast<std::uint16_t>(now >> 16);
        write(part.offset + at, entry);
      }
      const bool isDots = entry.name[0] == '.';
      if ((entry.attributes & fs::fat::kDirectory) != 0 && !isDots) each(now);
    }
    return true;
  }

  void writeTables() {
    for (unsigned i = 0; i < g_.tableCount; ++i) {
      reader_.file().writeAt(g_.tableAt(i), table_.bytes());
    }
  }

  bool isBoot(std::uint64_t at) const {
    const auto boot = readStruct<BootSector>(reader_, at);
    return boot.endMark == std::array<std::uint8_t, 2>{0x55, 0xAA} &&
           boot.sectorBytes == g_.sectorBytes;
  }

  void patchBoot(std::uint64_t at) {
    auto boot = readStruct<BootSector>(reader_, at);
    if (boot.sectors16 != 0) {
      boot.sectors16 = static_cast<std::uint16_t>(sectors_);
    } else {
      boot.sectors32 = static_cast<std::uint32_t>(sectors_);
    }
    if (g_.bits == 32) {
      auto tail = boot.fat32();
      tail.rootCluster = root_;
      std::memcpy(boot.tail.data(), &tail, sizeof tail);
    }
    write(at, boot);
  }

  void patchInfo(std::uint64_t sector) {
    if (!extentFits(sector, g_.sectorBytes, g_.reservedBytes)) return;
    auto info = readStruct<Info>(reader_, sector + kInfoAt);
    if (info.signature != kInfoSignature) return;
    std::uint32_t free = 0;
    for (std::uint32_t cluster = 2; cluster < end_; ++cluster) free += table_.get(cluster) == 0;
    info.freeClusters = free;
    info.nextFree = 2;
    write(sector + kInfoAt, info);
  }

  FileReader reader_;
  Geometry g_;
  Table table_;
  std::vector<std::uint32_t> newPlace_;  // by cluster; 0: it stays
  std::vector<bool> isWalked_;
  std::uint64_t sectors_;  // in the end
  std::uint32_t end_;      // the first cluster that is no more
  std::uint32_t root_ = 0;
};

}  // namespace

std::string whyNotShrinkFat(const BlockReader& volume, const fs::VolumeInfo& info) {
  const std::optional<Geometry> g = fs::fat::readGeometry(volume);
  if (!g) return "it is no FAT any more";
  if (!g->problem.empty()) return g->problem;
  if (info.state == fs::VolumeState::Dirty) return "it was not closed cleanly (fsck.fat)";
  if (!g->mirrored) return "only one of its file allocation tables is kept up to date";
  if (g->tableBytes > kLargestTable) return "its file allocation table is too large";
  return fs::fat::scanTables(volume, *g, [](std::uint32_t, std::uint32_t) {}).copiesDiffer
             ? "the copies of its file allocation table differ (fsck.fat)"
             : "";
}

std::uint64_t leastFat(const BlockReader& volume) {
  const std::optional<Geometry> g = fs::fat::readGeometry(volume);
  if (!g || !g->problem.empty()) return volume.size();
  const std::uint32_t used =
      fs::fat::scanTables(volume, *g, [](std::uint32_t, std::uint32_t) {}).used;
  const std::uint64_t clusters = std::max(used + kSpare, fewestClusters(*g));
  return std::min(volume.size(), g->dataStart + clusters * g->clusterBytes);
}

void shrinkFat(const std::string& file, std::uint64_t size) {
  const FileReader reader(File::openRead(file));
  const std::optional<Geometry> g = fs::fat::readGeometry(reader);
  if (!g || !g->problem.empty() || g->tableBytes > kLargestTable) fail("contradicts itself");
  if (size < g->size) Shrink(file, size).run();
}

}  // namespace disktwin::reshape
