// Puts the frames of an image one after another and keeps its books: positions, index, seek table.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "image/format/foot.h"
#include "image/format/index_part.h"
#include "image/format/info.h"
#include "image/format/maps.h"
#include "image/format/seal.h"
#include "image/write/output.h"
#include "image/write/replay.h"

namespace disktwin::image {

// All that comes before the data.
struct Preface {
  Info info;
  std::vector<table::TableBlock> table;
  std::vector<VolumeMap> maps;  // of each of Info::volumes
  VolumeMap outside;
};

// A cell that is ready to be written.
struct EncodedCell {
  Record record;  // without position, stored bytes and their hash
  // A Zstandard frame, or the body of a CHNK frame; empty when no chunk is present.
  Bytes payload;
  // Where the same lies in what an earlier run has written, if it does.
  std::optional<StoredFrame> stored;
};

// Memory: 8 bytes for each frame written, and one part of the index. Not thread-safe.
class ImageWriter {
 public:
  // `replay`: what an earlier run left, to be gone on with; may be null.
  ImageWriter(Output& output, Head head, std::shared_ptr<const Key> key, Replay* replay);

  void begin(const Preface& preface);
  // Cells come in ascending order. What lies between is zeroes in a full image, and as in the
  // parent in an incremental one.
  void add(EncodedCell cell);
  // An incremental image's cell that has become zeroes, or of which some chunks have.
  void addZeroes(Extent cell);
  void addMask(Record record);
  // Writes the end of the image, and has the output give it its name.
  void finish();

  std::uint64_t presentBytes() const { return presentBytes_; }
  std::uint64_t bytes() const { return output_.position(); }
  // Bytes taken over from an earlier run.
  std::uint64_t bytesReplayed() const { return replayed_; }

 private:
  void makeRoom(std::uint64_t bytes);
  void writeOwn(Kind kind, bool sealable, ByteView body, Extent covers = {});
  bool replayOwn(Kind kind, ByteView body, Extent covers);
  void writeData(EncodedCell& cell);
  void writeZeroRuns(std::uint64_t to);
  void writeGone();
  void writeWithoutChunks(const Record& record);
  void note(const Record& record);
  void endPart(std::uint64_t to);
  void stopReplay();
  bool replaying() const { return replay_ != nullptr; }

  Output& output_;
  const Head head_;
  const std::shared_ptr<const Key> key_;
  Replay* replay_;
  std::uint64_t diskSize_ = 0;
  std::uint64_t covered_ = 0;  // of the disk, by what has been written
  Extent gone_;                // cells of an incremental image that have become zeroes
  IndexPart part_;
  Foot foot_;
  std::vector<SeekEntry> seek_;
  std::uint64_t presentBytes_ = 0;
  std::uint64_t replayed_ = 0;
};

}  // namespace disktwin::image
