// The image that an incremental one is to build on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "image/read/chain.h"
#include "image/write/capture.h"

namespace disktwin::cli {

// As a capture wants to see it.
class ParentImage final : public image::Parent {
 public:
  explicit ParentImage(std::shared_ptr<const image::ImageReader> reader)
      : reader_(std::move(reader)) {}
  std::uint64_t diskSize() const override { return reader_->size(); }
  Extent nextData(std::uint64_t from) const override { return reader_->nextData(from); }
  std::optional<Hash128> chunkAt(std::uint64_t offset) const override {
    return reader_->chunkAt(offset);
  }
  const image::ImageReader& reader() const { return *reader_; }

 private:
  std::shared_ptr<const image::ImageReader> reader_;
};

// The image that is to be made.
struct Child {
  std::string path;
  std::uint64_t diskSize = 0;  // bytes
  bool encrypted = false;
};

// Opens the image of that name with all that it builds on. Adds to `warnings` what the user should
// hear. Throws Error(Usage) when it is none, Error(Refused) when the new one cannot build on it:
// another disk's, a chain that is too long, encrypted where the new one would not be.
std::unique_ptr<ParentImage> openParent(const std::string& name, const Child& child,
                                        const image::CatalogBuilder::Ask& ask,
                                        std::vector<std::string>& warnings);

}  // namespace disktwin::cli
