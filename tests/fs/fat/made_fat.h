// FAT volumes made by hand, so that a test can put anything anywhere.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "clone/fs/filesystem.h"
#include "clone/io/endian.h"
#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

namespace disktwin::fs::fat {
std::unique_ptr<FileSystem> open(ReaderPtr volume);
}

namespace disktwin::test {

struct FatShape {
  unsigned bits = 16;
  std::uint16_t sectorBytes = 512;
  std::uint8_t clusterSectors = 1;
  std::uint16_t reservedSectors = 1;
  std::uint8_t tables = 2;
  std::uint16_t rootEntries = 512;  // not of FAT32
  std::uint32_t clusters = 5000;
};

inline FatShape fat12() {
  return {.bits = 12, .clusters = 2000};
}
inline FatShape fat16() {
  return {};
}
inline FatShape fat32() {
  return {.bits = 32, .reservedSectors = 32, .rootEntries = 0, .clusters = 70000};
}

// An empty, clean volume of that shape, labelled "IN BOOT" in the boot sector and nowhere else.
class MadeFat {
 public:
  explicit MadeFat(const FatShape& shape) : shape_(shape) {
    const std::uint64_t tableBytes = (std::uint64_t{shape.clusters} + 2) * shape.bits / 8 + 1;
    tableSectors_ = (tableBytes + shape.sectorBytes - 1) / shape.sectorBytes;
    dataStart_ = tableAt(shape.tables) + shape.rootEntries * 32U;
    const std::uint64_t size = clusterAt(shape.clusters + 2);
    disk = std::make_shared<SparseDisk>(size, shape.sectorBytes);
    writeBoot(size / shape.sectorBytes);
    for (unsigned t = 0; t < shape.tables; ++t) {
      setEntry(t, 0, 0x0FFFFFF8);
      setEntry(t, 1, 0x0FFFFFFF);
      if (shape.bits == 32) setEntry(t, 2, 0x0FFFFFFF);
    }
  }

  std::uint64_t tableAt(unsigned table) const {
    return (shape_.reservedSectors + table * tableSectors_) * shape_.sectorBytes;
  }
  std::uint64_t clusterAt(std::uint64_t cluster) const {
    return dataStart_ + (cluster - 2) * shape_.sectorBytes * shape_.clusterSectors;
  }
  std::uint64_t rootAt() const { return shape_.bits == 32 ? clusterAt(2) : tableAt(shape_.tables); }
  Extent cluster(std::uint64_t number) const {
    return {clusterAt(number), std::uint64_t{shape_.sectorBytes} * shape_.clusterSectors};
  }

  void setEntry(unsigned table, std::uint64_t index, std::uint32_t value) {
    const std::uint64_t start = tableAt(table);
    if (shape_.bits == 32) return disk->put(start + index * 4, le32(value));
    if (shape_.bits == 16) return disk->put(start + index * 2, le16(value & 0xFFFF));
    const std::uint64_t at = start + index * 3 / 2;
    std::uint32_t pair = readStruct<le16>(*disk, at);
    pair =
        index % 2 != 0 ? (pair & 0x000F) | (value & 0xFFF) << 4 : (pair & 0xF000) | (value & 0xFFF);
    disk->put(at, le16(static_cast<std::uint16_t>(pair)));
  }
  void setEntry(std::uint64_t index, std::uint32_t value) {
    for (unsigned t = 0; t < shape_.tables; ++t) setEntry(t, index, value);
  }
  void putByte(std::uint64_t offset, std::uint8_t value) { disk->put(offset, value); }
  void putText(std::uint64_t offset, std::string_view text) {
    disk->put(offset, std::as_bytes(std::span(text)));
  }
  // A directory entry without clusters.
  void putName(std::uint64_t offset, std::string_view name, std::uint8_t attributes) {
    putText(offset, name);
    putByte(offset + 11, attributes);
  }
  // Where the fields lie that FAT32 has elsewhere.
  std::uint64_t tail() const { return shape_.bits == 32 ? 64 : 36; }

  std::unique_ptr<fs::FileSystem> open() const { return fs::fat::open(disk); }

  std::shared_ptr<SparseDisk> disk;

 private:
  void writeBoot(std::uint64_t sectors) {
    putText(0, "\xEB\x3C\x90mkfs.fat");
    disk->put(11, le16(shape_.sectorBytes));
    putByte(13, shape_.clusterSectors);
    disk->put(14, le16(shape_.reservedSectors));
    putByte(16, shape_.tables);
    disk->put(17, le16(shape_.rootEntries));
    disk->put(32, le32(static_cast<std::uint32_t>(sectors)));
    putByte(21, 0xF8);
    if (shape_.bits == 32) {
      disk->put(36, le32(static_cast<std::uint32_t>(tableSectors_)));
      disk->put(44, le32(2));
      disk->put(48, le16(1));
      disk->put(50, le16(6));
    } else {
      disk->put(22, le16(static_cast<std::uint16_t>(tableSectors_)));
    }
    putByte(tail() + 2, 0x29);
    disk->put(tail() + 3, le32(0x1234ABCD));
    putText(tail() + 7, "IN BOOT    ");
    putText(tail() + 18, shape_.bits == 32   ? "FAT32   "
                         : shape_.bits == 16 ? "FAT16   "
                                             : "FAT12   ");
    putText(510, "\x55\xAA");
  }

  FatShape shape_;
  std::uint64_t tableSectors_ = 0;
  std::uint64_t dataStart_ = 0;
};

// What holds of every answer, whatever the bytes.
inline void requireSane(const fs::FileSystem& fs, const BlockReader& volume) {
  const Extent all{0, volume.size()};
  const fs::UsedMap map = fs.used();
  if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{all});
  for (const ExtentSet& set : {map.extents, fs.signatures()}) {
    if (!set.empty()) REQUIRE(set.extents().back().end() <= volume.size());
  }
  REQUIRE_FALSE(fs.info().type.empty());
}

}  // namespace disktwin::test
