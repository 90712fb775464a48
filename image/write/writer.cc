#include "image/write/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "image/format/zstd.h"
#include "image/read/cell.h"
#include "platform/error.h"

namespace disktwin::image {

ImageWriter::ImageWriter(Output& output, Head head, std::shared_ptr<const Key> key, Replay* replay)
    : output_(output), head_(std::move(head)), key_(std::move(key)), replay_(replay) {}

void ImageWriter::begin(const Preface& preface) {
  diskSize_ = preface.info.diskSize;
  foot_.diskSize = diskSize_;
  writeOwn(kHead, false, encodeHead(head_));
  writeOwn(kInfo, true, encodeInfo(preface.info));
  if (!preface.table.empty()) writeOwn(kTable, true, encodeTable(preface.table));
  const auto writeMaps = [&](std::uint32_t volume, const VolumeMap& map) {
    const std::pair<MapKind, const ExtentSet*> sets[] = {{MapKind::Captured, &map.captured},
                                                         {MapKind::Zeroed, &map.zeroed},
                                                         {MapKind::Signatures, &map.signatures},
                                                         {MapKind::LeftOut, &map.leftOut}};
    for (const auto& [kind, set] : sets) {
      for (const Bytes& body : encodeMap(volume, kind, *set)) writeOwn(kMap, true, body);
    }
  };
  for (std::uint32_t i = 0; i < preface.maps.size(); ++i) writeMaps(i, preface.maps[i]);
  writeMaps(kOutside, preface.outside);
}

// A frame is never cut in two by the end of a volume.
void ImageWriter::makeRoom(std::uint64_t bytes) {
  if (!output_.needsNextVolume(bytes)) return;
  if (replaying()) {
    // Where the earlier run has begun a volume, so must this one.
    const std::optional<Replay::Own> there = replay_->own(output_.position());
    if (!there || there->kind != kVolume) stopReplay();
  }
  output_.nextVolume();
  Bytes body;
  append(body, le32(output_.volume()));
  append(body, le32(0U));
  writeOwn(kVolume, false, body);
}

void ImageWriter::stopReplay() {
  replay_->stop();
  output_.cut();
  replay_ = nullptr;
}

// Passes over the frame that is there when it says the same.
bool ImageWriter::replayOwn(Kind kind, ByteView body, Extent covers) {
  const std::optional<Replay::Own> there = replay_->own(output_.position());
  if (!there || there->kind != kind ||
      !std::equal(body.begin(), body.end(), there->body.begin(), there->body.end())) {
    stopReplay();
    return false;
  }
  const auto bytes = static_cast<std::uint32_t>(there->bytes);
  foot_.frames.push_back({output_.position(), bytes, kind, covers, there->hash});
  seek_.push_back({bytes, 0U});
  output_.skip(bytes);
  replayed_ += bytes;
  return true;
}

void ImageWriter::writeOwn(Kind kind, bool sealable, ByteView body, Extent covers) {
  const bool sealed = sealable && head_.encrypted();
  const std::size_t bodySize = body.size() + (sealed ? kSealOverhead : 0);
  if (bodySize + kOwnOverhead > kLargestOwnFrame) {
    throw Error(
        ErrorKind::Failed, "image",
        fmt::format("{} would take {} bytes, more than a frame can have", nameOf(kind), bodySize));
  }
  if (kind != kVolume && kind != kFoot) makeRoom(bodySize + kOwnOverhead);
  if (replaying() && replayOwn(kind, body, covers)) return;
  const FramePrefix prefix = makePrefix(kind, sealed, head_.id, output_.position(), bodySize);
  Bytes frame;
  if (sealed) {
    frame = assembleFrame(prefix, key_->seal(body, std::as_bytes(std::span(&prefix, 1))));
  } else {
    frame = assembleFrame(prefix, body);
  }
  const auto bytes = static_cast<std::uint32_t>(frame.size());
  if (kind != kFoot) {
    foot_.frames.push_back({output_.position(), bytes, kind, covers, hashOf(frame)});
  }
  seek_.push_back({bytes, 0U});
  output_.write(frame);
}

void ImageWriter::add(EncodedCell cell) {
  writeGone();
  writeZeroRuns(cell.record.offset);
  writeData(cell);
  covered_ = cell.record.disk().end();
}

void ImageWriter::addZeroes(Extent cell) {
  if (gone_.end() != cell.offset || gone_.length + cell.length > kLongestZeroRun) writeGone();
  if (gone_.empty()) gone_.offset = cell.offset;
  gone_.length += cell.length;
}

void ImageWriter::addMask(Record record) {
  writeGone();
  writeWithoutChunks(record);
}

void ImageWriter::writeGone() {
  if (gone_.empty()) return;
  Record record;
  record.offset = gone_.offset;
  record.length = static_cast<std::uint32_t>(gone_.length);
  record.zero = kAllZero;
  gone_ = {};
  writeWithoutChunks(record);
}

// Who reads from front to back must hear of zeroes when their place comes, not only by the index.
void ImageWriter::writeWithoutChunks(const Record& record) {
  EncodedCell cell;
  cell.record = record;
  append(cell.payload, ChunksHead{record.offset, record.length, 0U, record.zero, 0U});
  if (replaying()) cell.stored = replay_->find(record, {}, cell.payload);
  writeData(cell);
  covered_ = record.disk().end();
}

// In an image that is open to every decoder, zeroes have to be there like anything else.
void ImageWriter::writeZeroRuns(std::uint64_t to) {
  while (head_.open() && covered_ < to) {
    EncodedCell run;
    run.record.offset = covered_;
    run.record.length =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(to - covered_, kLongestZeroRun));
    run.record.zero = kAllZero;
    run.payload = makeZeroFrame(run.record.length);
    if (replaying()) run.stored = replay_->find(run.record, {}, run.payload);
    writeData(run);
    covered_ = run.record.disk().end();
  }
}

void ImageWriter::writeData(EncodedCell& cell) {
  Record& record = cell.record;
  const std::size_t overhead = head_.open() ? 0 : kOwnOverhead;
  const std::size_t sealing = head_.encrypted() ? kSealOverhead : 0;
  const std::size_t size = cell.payload.size() + overhead + sealing;
  makeRoom(size);
  record.position = output_.position();
  record.stored = static_cast<std::uint32_t>(size);
  presentBytes_ += image::presentBytes(record.present, record.length);
  const std::uint32_t plain = head_.open() ? record.length : 0;
  if (replaying() && cell.stored && cell.stored->position == record.position &&
      cell.stored->bytes == size) {
    record.storedHash = hashOf(replay_->bytesAt(record.position, size));
    output_.skip(size);
    replayed_ += size;
  } else {
    if (replaying()) stopReplay();
    Bytes frame;
    if (!head_.open()) {
      const FramePrefix prefix = makePrefix(kChunks, head_.encrypted(), head_.id, record.position,
                                            cell.payload.size() + sealing);
      const ByteView bound = std::as_bytes(std::span(&prefix, 1));
      frame =
          assembleFrame(prefix, head_.encrypted() ? key_->seal(cell.payload, bound) : cell.payload);
    }
    const ByteView bytes = head_.open() ? ByteView(cell.payload) : ByteView(frame);
    record.storedHash = hashOf(bytes);
    output_.write(bytes);
  }
  seek_.push_back({record.stored, plain});
  note(record);
}

void ImageWriter::note(const Record& record) {
  part_.records.push_back(record);
  if (part_.records.size() == kRecordsInPart) endPart(part_.records.back().disk().end());
}

void ImageWriter::endPart(std::uint64_t to) {
  part_.covers.length = to - part_.covers.offset;
  const IndexPart part = std::exchange(part_, {});
  part_.covers.offset = to;
  writeOwn(kIndex, true, encodeIndexPart(part), part.covers);
}

void ImageWriter::finish() {
  writeGone();
  writeZeroRuns(diskSize_);
  endPart(diskSize_);
  writeOwn(kHead, false, encodeHead(head_));
  foot_.presentBytes = presentBytes_;
  // Whether FOOT itself begins a volume has to be known before it says how many there are.
  const std::size_t footBytes =
      encodeFoot(foot_).size() + kOwnOverhead + (head_.encrypted() ? kSealOverhead : 0);
  // A frame more, should it need a volume of its own.
  constexpr std::size_t kEntry = 48;
  makeRoom(footBytes + kEntry + seekTableBytes(seek_.size() + 2));
  foot_.volumes = output_.volume();
  // Whoever finds FOOT in a partial finds a finished image: nothing to go on with.
  if (replaying()) stopReplay();
  writeOwn(kFoot, true, encodeFoot(foot_));
  if (seek_.size() > kMostSeekEntries) {
    throw Error(ErrorKind::Failed, "image", "more frames than a seek table can have");
  }
  output_.write(encodeSeekTable(seek_));
  output_.finish();
}

}  // namespace disktwin::image
