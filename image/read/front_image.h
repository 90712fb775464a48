// An image of ours that comes from front to back, checked frame by frame.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "image/format/foot.h"
#include "image/format/index_part.h"
#include "image/read/catalog.h"
#include "image/read/frame_stream.h"
#include "image/read/front_reader.h"
#include "image/read/image_reader.h"

namespace disktwin::image {

// Every frame is checked when it comes in, and against the INDX that follows. finish() then knows
// that the image was whole: every byte of it has been looked at.
class FrontImage final : public FrontReader {
 public:
  // Reads all that comes before the data.
  FrontImage(std::unique_ptr<ByteStream> in, const CatalogBuilder::Ask& passphrase);

  const Catalog& catalog() const { return catalog_; }
  // For incremental images, before the first read; its disk has to have the same size.
  void setParent(std::shared_ptr<const ImageReader> parent) { parent_ = std::move(parent); }
  const std::shared_ptr<const ImageReader>& parent() const { return parent_; }

  std::string name() const override { return catalog_.name; }
  std::uint64_t size() const override { return catalog_.info.diskSize; }
  std::uint32_t sectorSize() const override;

 protected:
  std::shared_ptr<FrontCell> pull() override;
  std::uint64_t reached() const override { return reached_; }
  void readBelow(std::uint64_t offset, std::span<std::byte> out) const override;
  Extent nextBelow(std::uint64_t from) const override;

 private:
  friend class FrontImageCell;
  // A frame of data whose record has not come yet.
  struct Pending {
    Record record;  // without the hashes of its chunks
    bool known;     // whether its masks are (in an open image they are not)
    // The cell's hashes against those of the record, whichever comes first; null for zeroes.
    std::shared_ptr<class CellHashes> hashes;
  };

  std::optional<RawFrame> nextFrame();
  Pending& await(const Record& record, const RawFrame& frame, std::uint32_t plain);
  std::shared_ptr<FrontCell> takeData(RawFrame frame);
  std::shared_ptr<FrontCell> takeChunks(RawFrame frame, const OwnFrame& own);
  std::shared_ptr<FrontCell> takeOwn(RawFrame frame);
  void takeIndex(const OwnFrame& own, Extent& covers);
  void takeFoot(const OwnFrame& own);
  void takeSeekTable(const RawFrame& frame);
  void takeVolume(const OwnFrame& own);
  void noteOwn(const RawFrame& frame, Kind kind, Extent covers);
  [[noreturn]] void damaged(Extent disk, std::uint64_t position, const std::string& what) const;

  std::unique_ptr<ByteStream> in_;
  FrameStream frames_;
  Catalog catalog_;
  std::shared_ptr<const ImageReader> parent_;
  std::optional<RawFrame> ahead_;  // read, but not taken yet
  std::deque<Pending> pending_;
  Foot foot_;  // as it should be
  std::vector<SeekEntry> seek_;
  std::uint64_t reached_ = 0;  // of the disk
  std::uint64_t indexed_ = 0;  // of the disk
  std::uint32_t volumes_ = 1;
  bool haveFoot_ = false;
  bool haveSeekTable_ = false;
};

}  // namespace disktwin::image
