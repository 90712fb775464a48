// Tables and disks for the tests of partition tables.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "clone/table/layout.h"
#include "tests/support/memory_disk.h"

namespace disktwin::table::test {

using disktwin::test::MemoryDisk;

// A disk of any size that holds only the sectors written to it. Sectors may be made unreadable.
class SparseDisk final : public BlockReader {
 public:
  explicit SparseDisk(std::uint64_t size, std::uint32_t sectorSize = 512)
      : size_(size), sector_(sectorSize) {}

  std::string name() const override { return "sparse"; }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sectorSize() const override { return sector_; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override;

  void put(std::uint64_t offset, std::span<const std::byte> data);
  void breakAt(std::uint64_t offset) { broken_.push_back(offset); }

 private:
  static constexpr std::uint64_t kPage = 512;
  std::uint64_t size_;
  std::uint32_t sector_;
  std::map<std::uint64_t, std::vector<std::byte>> pages_;
  std::vector<std::uint64_t> broken_;
};

// A healthy GPT with that many partitions of one MiB from 1 MiB on, as sfdisk would make it.
Layout sampleGpt(std::uint64_t sectorCount, std::uint32_t sectorSize = 512,
                 std::uint32_t partitions = 3);

// A healthy MBR: partition 1 at 1 MiB, partition 2 extended from 4 MiB to 15 MiB with `logicals`
// logical partitions of 1 MiB, 2 MiB apart, each with its record 1 MiB before it.
Layout sampleMbr(std::uint64_t sectorCount, std::uint32_t sectorSize = 512,
                 std::uint32_t logicals = 3);

// Random healthy tables of any shape: entry sizes, sector sizes, hybrid, gaps, odd records.
Layout randomGpt(std::mt19937_64& random);
Layout randomMbr(std::mt19937_64& random);

void write(const Layout& layout, MemoryDisk& disk);
void write(const Layout& layout, SparseDisk& disk);
// A disk of the layout's size with its table on it. Only for small ones.
MemoryDisk diskOf(const Layout& layout);
// parse() of a disk of the layout's size with its table on it.
Layout reread(const Layout& layout);

// All findings, one a line, each behind "note: ", "repaired: " or "fatal: ".
std::string told(const Layout& layout);
std::size_t count(const Layout& layout, Severity severity);

// The bytes of the header at `lba` get a right CRC again after a change.
void resealHeader(MemoryDisk& disk, std::uint64_t lba, std::uint32_t sectorSize = 512);

}  // namespace disktwin::table::test
