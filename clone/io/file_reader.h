// A disk, partition or regular file as a BlockReader.
#pragma once

#include <mutex>
#include <string>

#include "clone/io/block_reader.h"
#include "platform/cancellation.h"
#include "platform/file.h"

namespace disktwin {

class FileReader final : public BlockReader {
 public:
  explicit FileReader(File file) : file_(std::move(file)), sector_(file_.logicalSectorSize()) {}
  // A regular file has no sectors of its own; whoever knows those of the disk in it says so here.
  FileReader(File file, std::uint32_t sectorSize) : file_(std::move(file)), sector_(sectorSize) {}

  std::string name() const override { return file_.path(); }
  std::uint64_t size() const override { return file_.size(); }
  std::uint32_t sectorSize() const override { return sector_; }
  void read(std::uint64_t offset, std::span<std::byte> out) const override {
    Cancellation::check();  // a disk that answers slowly is slow whatever it is read for
    file_.readAt(offset, out);
  }
  Extent nextData(std::uint64_t from) const override {
    {
      const std::lock_guard lock(mutex_);
      if (from >= data_.offset && from < data_.end()) return {from, data_.end() - from};
    }
    const Extent found = file_.nextData(from);
    const std::lock_guard lock(mutex_);
    data_ = found;
    return found;
  }
  std::optional<Backing> backing() const override { return Backing{&file_, 0}; }

  File& file() { return file_; }
  const File& file() const { return file_; }

 private:
  File file_;
  std::uint32_t sector_;
  // The data that was found last. The kernel walks all of it to tell where it ends, and is asked
  // for each block in it. That a hole may have been made there meanwhile does no harm.
  mutable std::mutex mutex_;
  mutable Extent data_;
};

}  // namespace disktwin
