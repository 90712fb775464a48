// The disk inside an image, and below it its parents, as a BlockReader.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "clone/io/block_reader.h"
#include "image/read/open_image.h"

namespace disktwin::image {

// What to do when a cell cannot be read.
class Losses {
 public:
  // Thread-safe.
  void add(Extent disk, const std::string& why);
  std::vector<std::pair<Extent, std::string>> take();

 private:
  std::mutex mutex_;
  std::map<Extent, std::string> lost_;
};

class ImageReader final : public BlockReader {
 public:
  // `parent` is null for a full image. With `losses`, cells that are damaged read as zeroes and are
  // noted there; otherwise they throw.
  ImageReader(std::shared_ptr<const OpenImage> image, std::shared_ptr<const ImageReader> parent,
              std::shared_ptr<Losses> losses = nullptr);

  std::string name() const override { return image_->name(); }
  std::uint64_t size() const override { return image_->foot().diskSize; }
  std::uint32_t sectorSize() const override;
  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  Extent nextData(std::uint64_t from) const override;

  // The hash of the chunk at that place of the disk; nullopt when it is zeroes. Not for images that
  // were salvaged.
  std::optional<Hash128> chunkAt(std::uint64_t offset) const;

  const OpenImage& image() const { return *image_; }
  const std::shared_ptr<const ImageReader>& parent() const { return parent_; }

 private:
  // A cell that is being decoded by one thread while others may wait for it.
  struct Cell {
    std::uint64_t offset = 0;
    std::once_flag once;
    Bytes plain;
    bool lost = false;
  };
  std::shared_ptr<Cell> cellOf(const Record& record) const;
  bool decode(const Record& record, std::span<std::byte> out) const;
  void noteLost(Extent range) const;
  void readBelow(std::uint64_t offset, std::span<std::byte> out) const;
  void readFromCell(const Record& record, Extent part, std::span<std::byte> out) const;

  std::shared_ptr<const OpenImage> image_;
  std::shared_ptr<const ImageReader> parent_;
  std::shared_ptr<Losses> losses_;
  std::size_t kept_;
  mutable std::mutex mutex_;  // guards recent_
  mutable std::list<std::shared_ptr<Cell>> recent_;
};

}  // namespace disktwin::image
