// What an interrupted capture has left, frame by frame, so that a later one goes on with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "image/format/head.h"
#include "image/format/index_part.h"
#include "image/format/info.h"
#include "image/format/seal.h"
#include "image/read/bytes.h"

namespace disktwin::image {

// A frame of data of the earlier run.
struct StoredFrame {
  std::uint64_t offset = 0;    // on the disk
  std::uint64_t position = 0;  // in the image
  std::uint32_t bytes = 0;
};

// Thread-safe. Memory: 24 bytes for each frame of data.
class Replay {
 public:
  // Walks over the frames up to the first that is not whole. Null when not even the HEAD is.
  // Throws Error(Refused) when it is encrypted and `passphrase` is not its own.
  static std::unique_ptr<Replay> scan(std::shared_ptr<const ImageBytes> bytes,
                                      const std::string* passphrase);

  const Head& head() const { return head_; }
  const std::shared_ptr<const Key>& key() const { return key_; }
  const std::optional<Info>& info() const { return info_; }  // when it got so far
  std::uint64_t end() const { return end_; }                 // of the last whole frame
  // From now on nothing is found any more: what follows is being written anew.
  void stop() { stopped_ = true; }

  // The frame of data with that cell, when it gives `plain` (the bytes of the present chunks, or in
  // an open image of the whole cell) and has those masks; `payload` is then filled as EncodedCell
  // wants it.
  std::optional<StoredFrame> find(const Record& record, ByteView plain, Bytes& payload) const;
  // The frame of ours at that position, whole and unsealed; nullopt when there is none such.
  struct Own {
    Kind kind{};
    Bytes body;
    std::uint64_t bytes = 0;
    Hash128 hash;  // of the whole frame
  };
  std::optional<Own> own(std::uint64_t position) const;
  Bytes bytesAt(std::uint64_t position, std::uint64_t count) const;

 private:
  Replay() = default;
  std::optional<StoredFrame> lookForZeroes(const StoredFrame& at, ByteView stored,
                                           ByteView payload) const;
  std::optional<StoredFrame> lookFor(const Record& record, ByteView plain, Bytes& payload) const;
  void walk();
  bool takeOwn(ByteView frame, std::uint64_t position);

  std::shared_ptr<const ImageBytes> bytes_;
  Head head_;
  std::shared_ptr<const Key> key_;
  std::optional<Info> info_;
  std::vector<StoredFrame> frames_;
  std::uint64_t disk_ = 0;  // how far the frames of data of an open image reach
  std::uint64_t end_ = 0;
  std::atomic<bool> stopped_{false};
};

}  // namespace disktwin::image
