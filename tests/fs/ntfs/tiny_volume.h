// An NTFS volume of 1 MiB in memory, made field by field so that tests can spoil each of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/fs/ntfs/layout.h"
#include "clone/fs/ntfs/runlist.h"
#include "tests/support/memory_disk.h"

namespace disktwin::fs::ntfs {

std::unique_ptr<FileSystem> open(ReaderPtr volume);

namespace tiny {

using Bytes = std::vector<std::byte>;

Bytes encodeRuns(const std::vector<Run>& runs);

// What a FILE record is made of.
Bytes resident(AttributeType type, const Bytes& value, std::u16string_view name = {},
               std::uint16_t instance = 0);
// One extent. `size` is data and initialized size, given in the extent that starts at VCN 0.
Bytes nonResident(AttributeType type, const std::vector<Run>& runs, std::uint64_t size,
                  std::u16string_view name = {}, std::uint16_t instance = 0);
Bytes listEntry(AttributeType type, std::uint64_t firstVcn, std::uint64_t reference,
                std::uint16_t instance = 0);
// An entry of a directory's index; without a name the last one. `child` below 0: none.
Bytes indexEntry(std::u16string_view name, std::uint64_t reference, std::int64_t child = -1);
// "$FILE_NAME", saying that the file lies in the root directory unless told otherwise.
Bytes fileName(std::u16string_view name, std::uint64_t parent = kRootRecord | 1ULL << 48);
Bytes standardInformation(std::uint32_t attributes);
// "$INDEX_ROOT" with these entries.
Bytes indexRoot(const std::vector<Bytes>& entries);
Bytes joined(const std::vector<Bytes>& parts);

struct TinyVolume {
  static constexpr std::uint64_t kCluster =
      1024;  // also the size of a record and of an index block
  static constexpr std::uint64_t kClusters = 1024;
  static constexpr std::uint64_t kRecords = 64;
  static constexpr std::uint64_t kMft = 16;  // clusters
  static constexpr std::uint64_t kMirror = 512;
  static constexpr std::uint64_t kLog = 100;
  static constexpr std::uint64_t kBitmap = 8;
  static constexpr std::uint64_t kFile = 600;    // of 10 clusters, record 24
  static constexpr std::uint64_t kSparse = 900;  // of 1 cluster, record 25, behind a hole
  static constexpr std::uint64_t kFree = 300;    // from here on some 200 free ones

  // Healthy, with an emptied journal.
  TinyVolume();

  void putRecord(std::uint64_t number, const std::vector<Bytes>& attributes,
                 std::uint16_t flags = kRecordInUse, std::uint64_t base = 0);
  void putFlags(std::uint16_t flags);
  // Restart pages of both places; `second` says what is different in the newer one.
  struct Restart {
    std::uint16_t major = 1;
    std::uint16_t client = kNoClient;
    std::uint16_t flags = 0;
    std::uint64_t lsn = 1;
  };
  void putLog(const Restart& first, const Restart& second);
  void putHiberfile(std::string_view header);
  // Record 40 becomes pagefile.sys in the root directory: 20 clusters from kPages on and five more
  // behind a gap, the last of them not quite full.
  static constexpr std::uint64_t kPages = kFree + 20;
  static constexpr std::uint64_t kMorePages = kFree + 60;
  void putPageFile();
  void mark(std::uint64_t cluster, std::uint64_t count, bool used = true);
  void put(std::uint64_t cluster, const Bytes& bytes) { disk->put(cluster * kCluster, bytes); }
  std::byte& at(std::uint64_t cluster, std::size_t offset) {
    return disk->bytes()[cluster * kCluster + offset];
  }
  Bytes bitmap() const;

  std::unique_ptr<FileSystem> open() const { return ntfs::open(disk); }
  // The map's reason for not being complete; empty when it is.
  std::string whyWhole() const { return open()->used().whyWhole; }
  static Extent bytesOf(std::uint64_t cluster, std::uint64_t count) {
    return {cluster * kCluster, count * kCluster};
  }

  std::shared_ptr<disktwin::test::MemoryDisk> disk;

 private:
  void putBoot();
  void putSystemFiles();
};

// Puts the update sequence into a multi-sector structure whose header is already there.
void protect(Bytes& bytes);

}  // namespace tiny
}  // namespace disktwin::fs::ntfs
