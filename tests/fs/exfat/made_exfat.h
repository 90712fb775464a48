// exFAT volumes made by hand, so that a test can put anything anywhere.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "clone/fs/filesystem.h"
#include "clone/io/endian.h"
#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

namespace disktwin::fs::exfat {
std::unique_ptr<FileSystem> open(ReaderPtr volume);
}

namespace disktwin::test {

struct ExfatShape {
  unsigned sectorShift = 9;
  unsigned clusterShift = 8;  // 128 KiB: no gap between clusters is filled in
  std::uint32_t clusters = 1000;
  std::uint8_t tables = 1;
};

// A clean volume with nothing but bitmap, up-case table and root directory.
class MadeExfat {
 public:
  static constexpr std::uint32_t kEnd = 0xFFFFFFFF;

  explicit MadeExfat(const ExfatShape& shape = {})
      : clusterBytes(1ULL << (shape.sectorShift + shape.clusterShift)), shape_(shape) {
    const std::uint64_t sector = 1ULL << shape.sectorShift;
    tableSectors_ = ((std::uint64_t{shape.clusters} + 2) * 4 + sector - 1) / sector;
    heapSector_ = 128 + tableSectors_ * shape.tables;
    const std::uint64_t bitmapBytes = (std::uint64_t{shape.clusters} + 7) / 8;
    const auto bitmapClusters =
        static_cast<std::uint32_t>((bitmapBytes + clusterBytes - 1) / clusterBytes);
    upCase = 2 + bitmapClusters;
    root = upCase + 1;
    disk = std::make_shared<SparseDisk>(clusterAt(shape.clusters + 2), std::uint32_t(sector));
    writeBoot();
    setLink(0, 0xFFFFFFF8);
    setLink(1, kEnd);
    for (std::uint32_t c = 2; c < root + 1; ++c) {
      take(c);
      setLink(c, c + 1 < upCase ? c + 1 : kEnd);
    }
    putStream(rootAt(), 0x81, 0, 2, bitmapBytes);
    putStream(rootAt(32), 0x82, 0, upCase, std::min<std::uint64_t>(clusterBytes, 5836));
    finishBoot();
  }

  std::uint64_t clusterAt(std::uint64_t cluster) const {
    return (heapSector_ << shape_.sectorShift) + (cluster - 2) * clusterBytes;
  }
  Extent cluster(std::uint64_t number) const { return {clusterAt(number), clusterBytes}; }
  std::uint64_t rootAt(std::uint64_t offset = 0) const { return clusterAt(root) + offset; }
  std::uint64_t tableAt(unsigned table = 0) const {
    return (128 + table * tableSectors_) << shape_.sectorShift;
  }

  void setLink(std::uint64_t cluster, std::uint32_t next, unsigned table = 0) {
    disk->put(tableAt(table) + cluster * 4, le32(next));
  }
  // Marks it in the bitmap that starts at cluster 2.
  void take(std::uint32_t cluster, bool taken = true, std::uint32_t bitmap = 2) {
    const std::uint64_t at = clusterAt(bitmap) + (cluster - 2) / 8;
    auto byte = readStruct<std::uint8_t>(*disk, at);
    const auto bit = static_cast<std::uint8_t>(1U << (cluster - 2) % 8);
    byte = static_cast<std::uint8_t>(taken ? byte | bit : byte & ~bit);
    disk->put(at, byte);
  }
  void putByte(std::uint64_t offset, std::uint8_t value) { disk->put(offset, value); }
  void putText(std::uint64_t offset, std::string_view text) {
    disk->put(offset, std::as_bytes(std::span(text)));
  }
  // Any entry that names clusters.
  void putStream(std::uint64_t at, std::uint8_t type, std::uint8_t flags, std::uint32_t first,
                 std::uint64_t length) {
    putByte(at, type);
    putByte(at + 1, flags);
    disk->put(at + 20, le32(first));
    disk->put(at + 24, le64(length));
  }
  // A File entry and its Stream Extension. flags 1: chained, 3: in one piece.
  void putFile(std::uint64_t at, std::uint32_t first, std::uint64_t length, std::uint8_t flags,
               bool isDirectory = false) {
    putByte(at, 0x85);
    putByte(at + 4, isDirectory ? 0x10 : 0x20);
    putStream(at + 32, 0xC0, flags, first, length);
  }
  void setFlags(std::uint8_t flags) { putByte(106, flags); }

  // After the boot sector was changed: the checksums, and the same as backup.
  void finishBoot() {
    const std::size_t sector = std::size_t{1} << shape_.sectorShift;
    auto region = readBytes(*disk, 0, 12 * sector);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 11 * sector; ++i) {
      if (i == 106 || i == 107 || i == 112) continue;
      sum = ((sum & 1) != 0 ? 0x80000000U : 0U) + (sum >> 1) + std::uint32_t(region[i]);
    }
    for (std::size_t at = 11 * sector; at < 12 * sector; at += 4) {
      const le32 stored(sum);
      std::memcpy(region.data() + at, &stored, 4);
    }
    disk->put(0, region);
    disk->put(12 * sector, region);
  }

  std::unique_ptr<fs::FileSystem> open() const { return fs::exfat::open(disk); }

  std::uint64_t clusterBytes;
  std::uint32_t upCase = 0;
  std::uint32_t root = 0;
  std::shared_ptr<SparseDisk> disk;

 private:
  void writeBoot() {
    putText(0,
            "\xEB\x76\x90"
            "EXFAT   ");
    disk->put(72, le64(disk->size() >> shape_.sectorShift));
    disk->put(80, le32(128));
    disk->put(84, le32(std::uint32_t(tableSectors_)));
    disk->put(88, le32(std::uint32_t(heapSector_)));
    disk->put(92, le32(shape_.clusters));
    disk->put(96, le32(root));
    disk->put(100, le32(0xBEEF0042));
    disk->put(104, le16(0x0100));
    putByte(108, std::uint8_t(shape_.sectorShift));
    putByte(109, std::uint8_t(shape_.clusterShift));
    putByte(110, shape_.tables);
    putByte(112, 50);
    putText(510, "\x55\xAA");
  }

  ExfatShape shape_;
  std::uint64_t tableSectors_ = 0;
  std::uint64_t heapSector_ = 0;
};

// What holds of every answer, whatever the bytes.
inline void requireSane(const fs::FileSystem& fs, const BlockReader& volume) {
  const fs::UsedMap map = fs.used();
  if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{{0, volume.size()}});
  for (const ExtentSet& set : {map.extents, fs.signatures()}) {
    if (!set.empty()) REQUIRE(set.extents().back().end() <= volume.size());
  }
  REQUIRE(fs.info().type == "exfat");
}

}  // namespace disktwin::test
