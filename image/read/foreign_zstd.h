// A disk in a .zst that was made by another program: no index, so only from front to back.
#pragma once

#include <memory>
#include <string>

#include "clone/copy/progress.h"
#include "image/read/bytes.h"
#include "image/read/front_reader.h"

namespace disktwin::image {

class ForeignZstd final : public FrontReader {
 public:
  // `size` is that of the disk, in bytes, or the most that it may have when `atMost`: what does
  // not come then reads as zeroes. More than `size` is an Error(NoSpace) or Error(Invalid).
  ForeignZstd(std::unique_ptr<ByteStream> in, std::uint64_t size, bool atMost);
  ~ForeignZstd() override;

  std::string name() const override { return in_->name(); }
  std::uint64_t size() const override { return size_; }
  std::uint32_t sectorSize() const override { return 512; }
  // How much has come so far, in bytes of the disk.
  std::uint64_t came() const { return came_; }

 protected:
  std::shared_ptr<FrontCell> pull() override;
  std::uint64_t reached() const override { return came_; }

 private:
  bool fill(Bytes& cell);
  struct State;

  std::unique_ptr<ByteStream> in_;
  std::unique_ptr<State> state_;
  const std::uint64_t size_;
  const bool atMost_;
  std::uint64_t came_ = 0;
};

// How long the disk in it is, by decompressing all of it once. Throws Error(Invalid) when it is
// damaged.
std::uint64_t foreignSize(std::unique_ptr<ByteStream> in, copy::Progress& progress);

}  // namespace disktwin::image
