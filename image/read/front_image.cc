#include "image/read/front_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "clone/io/block_reader.h"
#include "image/read/cell.h"
#include "platform/error.h"

namespace disktwin::image {

// Thread-safety: both sides may come at once.
class CellHashes {
 public:
  // False when it is known now that they differ.
  bool decoded(ByteView plain) {
    const std::lock_guard lock(mutex_);
    found_ = Found{chunkHashes(allChunks(plain.size()), plain), presentMask(plain)};
    return agree();
  }
  bool indexed(const Record& record) {
    const std::lock_guard lock(mutex_);
    expected_ = record;
    return agree();
  }

 private:
  struct Found {
    std::vector<Hash128> chunks;  // all of them
    std::uint32_t present;
  };

  bool agree() const {
    if (!found_ || !expected_) return true;
    if (expected_->isZeroRun()) return found_->present == 0;
    std::size_t next = 0;
    for (unsigned chunk = 0; chunk < found_->chunks.size(); ++chunk) {
      if ((expected_->present >> chunk & 1) != 0) {
        if (found_->chunks[chunk] != expected_->chunks[next++]) return false;
      } else if ((expected_->zero & found_->present & 1U << chunk) != 0) {
        return false;
      }
    }
    return true;
  }

  std::mutex mutex_;
  std::optional<Found> found_;
  std::optional<Record> expected_;
};

namespace {

class ZeroCell final : public FrontCell {
 public:
  using FrontCell::FrontCell;
  bool isZero() const override { return true; }

 protected:
  Bytes decode() override { return Bytes(static_cast<std::size_t>(disk().length)); }
};

}  // namespace

class FrontImageCell final : public FrontCell {
 public:
  FrontImageCell(const FrontImage& image, StoredCell cell, RawFrame frame,
                 std::shared_ptr<CellHashes> hashes)
      : FrontCell(cell.disk),
        image_(image),
        cell_(std::move(cell)),
        frame_(std::move(frame)),
        hashes_(std::move(hashes)) {}

 protected:
  Bytes decode() override {
    Bytes out(static_cast<std::size_t>(disk().length));
    const bool open = image_.catalog_.head.open();
    if (!decodeCell(cell_, open, decoders().take()->zstd, out)) {
      image_.damaged(disk(), frame_.position, "it cannot be decompressed");
    }
    if (!hashes_->decoded(out)) {
      image_.damaged(disk(), frame_.position, "the hash of its content differs");
    }
    if (!open) addParent(out);
    cell_ = {};
    frame_.bytes = {};
    return out;
  }

 private:
  void addParent(std::span<std::byte> out) const {
    const std::uint32_t own = cell_.present | cell_.zero;
    for (unsigned chunk = 0; own != allChunks(out.size()) && chunk < 32; ++chunk) {
      if ((own >> chunk & 1) != 0 || std::uint64_t{chunk} * kChunkBytes >= out.size()) continue;
      const Extent at = chunkExtent(chunk, out.size());
      image_.readBelow(disk().offset + at.offset, out.subspan(static_cast<std::size_t>(at.offset),
                                                              static_cast<std::size_t>(at.length)));
    }
  }

  const FrontImage& image_;
  StoredCell cell_;  // its views point into frame_ or into itself
  RawFrame frame_;
  std::shared_ptr<CellHashes> hashes_;
};

FrontImage::FrontImage(std::unique_ptr<ByteStream> in, const CatalogBuilder::Ask& passphrase)
    : in_(std::move(in)), frames_(*in_) {
  CatalogBuilder builder(in_->name(), passphrase);
  while ((ahead_ = frames_.next())) {
    if (!builder.take(ahead_->bytes, ahead_->position)) break;
    const OwnFrame own = parseOwnFrame(ahead_->bytes, ahead_->position, std::nullopt, in_->name());
    if (own.kind == kVolume) takeVolume(own);
    noteOwn(*ahead_, own.kind, {});
  }
  catalog_ = builder.finish();
  foot_.diskSize = catalog_.info.diskSize;
}

std::uint32_t FrontImage::sectorSize() const {
  return catalog_.info.sectorSize == 0 ? 512 : catalog_.info.sectorSize;
}

void FrontImage::readBelow(std::uint64_t offset, std::span<std::byte> out) const {
  if (parent_) {
    parent_->read(offset, out);
  } else {
    std::memset(out.data(), 0, out.size());
  }
}

Extent FrontImage::nextBelow(std::uint64_t from) const {
  return parent_ ? parent_->nextData(from) : Extent{size(), 0};
}

void FrontImage::damaged(Extent disk, std::uint64_t position, const std::string& what) const {
  throw Error(ErrorKind::Invalid, name(),
              fmt::format("damaged in {}: {} (frame at byte {} of the image)",
                          catalog_.whatIsAt(disk), what, position),
              "save it as a file: restore --salvage saves all that is whole", disk);
}

std::optional<RawFrame> FrontImage::nextFrame() {
  if (ahead_) return std::exchange(ahead_, std::nullopt);
  try {
    return frames_.next();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Invalid || reached_ >= size()) throw;
    // What comes next would have been there.
    damaged({reached_, std::min<std::uint64_t>(catalog_.head.frameBytes, size() - reached_)},
            frames_.position(), error.detail());
  }
}

std::shared_ptr<FrontCell> FrontImage::pull() {
  while (std::optional<RawFrame> frame = nextFrame()) {
    if (haveSeekTable_) damaged({0, size()}, frame->position, "something follows its end");
    if (haveFoot_) {
      takeSeekTable(*frame);
      continue;
    }
    std::shared_ptr<FrontCell> cell;
    if (frame->kind == RawFrame::Kind::Own) {
      cell = takeOwn(std::move(*frame));
    } else {
      cell = takeData(std::move(*frame));
    }
    if (cell) return cell;
  }
  if (!haveSeekTable_) {
    throw Error(
        ErrorKind::Invalid, name(),
        fmt::format("ends at byte {}, before the end of the image: it is cut", frames_.position()),
        "save it as a file: restore --salvage saves what is whole");
  }
  return nullptr;
}

// In an open image: a cell, or a run of zeroes.
std::shared_ptr<FrontCell> FrontImage::takeData(RawFrame frame) {
  const Head& head = catalog_.head;
  const std::uint64_t position = frame.position;
  if (frame.kind != RawFrame::Kind::Zstd || !head.open()) {
    damaged({reached_, size() - reached_}, position, "a frame that does not belong to it");
  }
  const std::uint64_t length = zstdContentSize(frame.bytes).value_or(0);
  const Extent disk{reached_, std::min(length, size() - reached_)};
  if (length == 0 || length > kLongestZeroRun || disk.length != length ||
      (disk.end() % head.frameBytes != 0 && disk.end() != size())) {
    damaged(disk, position, "a frame of a wrong length");
  }
  Record record;
  record.offset = disk.offset;
  record.length = static_cast<std::uint32_t>(length);
  Pending& pending = await(record, frame, record.length);
  pending.known = false;
  // A cell of zeroes is told from data by its bytes; a run cannot be held in memory to look.
  const bool run = length > head.frameBytes;
  const bool ours =
      frame.bytes.size() == zeroFrameSize(length) && frame.bytes == makeZeroFrame(length);
  if (run && !ours && !decoders().take()->zstd.givesZeroes(frame.bytes, length)) {
    damaged(disk, position, "a cell that is too long");
  }
  if (run || ours) {
    pending.record.zero = kAllZero;
    return nullptr;
  }
  pending.hashes = std::make_shared<CellHashes>();
  // The frame's bytes stay where they are when the vector moves.
  const ByteView bytes = frame.bytes;
  return std::make_shared<FrontImageCell>(*this, StoredCell{disk, allChunks(length), 0, {}, bytes},
                                          std::move(frame), pending.hashes);
}

FrontImage::Pending& FrontImage::await(const Record& record, const RawFrame& frame,
                                       std::uint32_t plain) {
  Pending& pending = pending_.emplace_back();
  pending.record = record;
  pending.record.position = frame.position;
  pending.record.stored = static_cast<std::uint32_t>(frame.bytes.size());
  pending.record.storedHash = hashOf(frame.bytes);
  seek_.push_back({pending.record.stored, plain});
  reached_ = record.disk().end();
  return pending;
}

std::shared_ptr<FrontCell> FrontImage::takeChunks(RawFrame frame, const OwnFrame& own) {
  const Head& head = catalog_.head;
  StoredCell cell = openChunks(own, head, catalog_.key.get(), size(), name());
  if (head.open() || cell.disk.offset < reached_) {
    damaged(cell.disk, frame.position, "CHNK out of order");
  }
  Record record;
  record.offset = cell.disk.offset;
  record.length = static_cast<std::uint32_t>(cell.disk.length);
  record.present = cell.present;
  record.zero = cell.zero;
  Pending& pending = await(record, frame, 0);
  pending.known = true;
  if (cell.isZeroRun()) return std::make_shared<ZeroCell>(cell.disk);
  pending.hashes = std::make_shared<CellHashes>();
  return std::make_shared<FrontImageCell>(*this, std::move(cell), std::move(frame), pending.hashes);
}

void FrontImage::noteOwn(const RawFrame& frame, Kind kind, Extent covers) {
  const auto bytes = static_cast<std::uint32_t>(frame.bytes.size());
  if (kind != kFoot) {
    foot_.frames.push_back({frame.position, bytes, kind, covers, hashOf(frame.bytes)});
  }
  seek_.push_back({bytes, 0U});
}

std::shared_ptr<FrontCell> FrontImage::takeOwn(RawFrame frame) {
  const OwnFrame own = parseOwnFrame(frame.bytes, frame.position, catalog_.head.id, name());
  if (own.kind == kChunks) return takeChunks(std::move(frame), own);
  Extent covers;
  if (own.kind == kIndex) {
    takeIndex(own, covers);
  } else if (own.kind == kVolume) {
    takeVolume(own);
  } else if (own.kind == kHead) {
    decodeHead(own, name());
  } else if (own.kind == kFoot) {
    takeFoot(own);
  } else {
    damaged({reached_, size() - reached_}, frame.position, nameOf(own.kind) + " out of order");
  }
  noteOwn(frame, own.kind, covers);
  return nullptr;
}

void FrontImage::takeVolume(const OwnFrame& own) {
  ++volumes_;
  if (own.sealed || own.body.size() != 8 || structAt<le32>(own.body, 0) != volumes_) {
    throw Error(
        ErrorKind::Invalid, in_->name(),
        fmt::format("at byte {}: expected the beginning of volume {}", own.position, volumes_),
        "give the volumes in their order");
  }
}

void FrontImage::takeIndex(const OwnFrame& own, Extent& covers) {
  const Head& head = catalog_.head;
  const IndexPart part =
      decodeIndexPart(openBody(own, head, catalog_.key.get(), name()), head, size(), name());
  covers = part.covers;
  if (covers.offset != indexed_) damaged(covers, own.position, "INDX out of order");
  indexed_ = covers.end();
  reached_ = std::max(reached_, indexed_);
  for (const Record& record : part.records) {
    foot_.presentBytes += presentBytes(record.present, record.length);
    const Record* there = pending_.empty() ? nullptr : &pending_.front().record;
    const bool zeroes = there && !pending_.front().known && there->isZeroRun();
    const bool same = there && (!zeroes || record.isZeroRun()) && there->offset == record.offset &&
                      there->length == record.length && there->position == record.position &&
                      there->stored == record.stored;
    if (!same || (pending_.front().known &&
                  (there->present != record.present || there->zero != record.zero))) {
      damaged(record.disk(), own.position, "the index names another frame than the one that came");
    }
    if (there->storedHash != record.storedHash) {
      damaged(record.disk(), record.position, "the hash of what is stored differs");
    }
    if (pending_.front().hashes && !pending_.front().hashes->indexed(record)) {
      damaged(record.disk(), record.position, "the hash of its content differs");
    }
    pending_.pop_front();
  }
  if (!pending_.empty()) {
    damaged(pending_.front().record.disk(), own.position, "the index does not name a frame");
  }
}

void FrontImage::takeFoot(const OwnFrame& own) {
  const Foot foot =
      decodeFoot(openBody(own, catalog_.head, catalog_.key.get(), name()), own.position, name());
  foot_.volumes = volumes_;
  // Equal in every byte or not at all.
  if (encodeFoot(foot) != encodeFoot(foot_) || !pending_.empty() || indexed_ != size()) {
    damaged({0, size()}, own.position, "FOOT does not agree with what came before it");
  }
  haveFoot_ = true;
}

void FrontImage::takeSeekTable(const RawFrame& frame) {
  if (frame.bytes != encodeSeekTable(seek_)) {
    damaged({0, size()}, frame.position,
            "the seek table does not agree with the frames (no data is hit)");
  }
  haveSeekTable_ = true;
}

}  // namespace disktwin::image
