// A volume that can be changed while its source stays as it is: what is written goes to the place
// on the target where it will be needed, and reads see it from then on.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "clone/io/block_reader.h"
#include "clone/io/block_target.h"
#include "clone/io/extent_set.h"
#include "platform/file.h"
#include "platform/virtual_file.h"

namespace disktwin {

// Made to be changed by a filesystem's own tools through a VirtualFile: it has a larger or smaller
// size than its source while they work, so parts of it may lie beyond what the target has room for.
// Those go to a temporary file without a name. Reads as zeroes where the source has ended.
//
// Memory: 1/32768 of what has been written, and a little more where that is scattered.
// Thread-safety: reads may run concurrently; writes must not overlap anything.
class Overlay final : public BlockReader, public FileContent {
 public:
  // Where the volume will stand on the target, in bytes.
  struct Place {
    BlockTarget* target =
        nullptr;       // outlives the overlay; null: everything goes to the temporary file
    ReaderPtr reader;  // of what has been written to the target
    Extent within;
  };

  Overlay(ReaderPtr source, std::uint64_t size, Place place);

  std::string name() const override { return source_->name(); }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sectorSize() const override { return source_->sectorSize(); }
  void read(std::uint64_t offset, std::span<std::byte> out) const override;

  void read(std::uint64_t offset, std::span<std::byte> out) override;
  void write(std::uint64_t offset, std::span<const std::byte> data) override;
  void zero(Extent range) override;

  // What stands on the target already, as offsets in the volume. Whole blocks of 4 KiB, but where
  // the place ends.
  ExtentSet written() const;

 private:
  static constexpr std::uint64_t kUnit = 4096;
  static constexpr std::size_t kUnits = 4096;  // of one part of the map
  using Part = std::bitset<kUnits>;

  bool isWritten(std::uint64_t unit) const;
  void mark(std::uint64_t unit);
  Extent bytesOf(std::uint64_t unit) const;
  // The bytes as they were written, or as the source has them.
  void readWritten(std::uint64_t offset, std::span<std::byte> out) const;
  void readSource(std::uint64_t offset, std::span<std::byte> out) const;
  void put(std::uint64_t offset, std::span<const std::byte> data);
  File& spill();

  ReaderPtr source_;
  std::uint64_t size_;
  Place place_;
  std::unique_ptr<File> spill_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Part>> map_;
};

}  // namespace disktwin
