// Makes the hashes of a damaged image right again, so that a fuzzer gets behind them.
#pragma once

#include <cstring>
#include <optional>
#include <vector>

#include "clone/io/block_reader.h"
#include "image/format/own_frame.h"
#include "image/format/zstd.h"

namespace disktwin::image::test {

class RepairedImage {
 public:
  explicit RepairedImage(ByteView damaged) : bytes_(damaged.begin(), damaged.end()) {
    findFrames();
    for (const Place& place : own_) {
      if (place.kind == kIndex) repairIndex(place);
      if (place.kind != kFoot) seal(place);
    }
    for (const Place& place : own_) {
      if (place.kind != kFoot) continue;
      repairFoot(place);
      seal(place);
    }
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  struct Place {
    std::size_t at;
    std::size_t size;
    Kind kind;
  };

  void findFrames() {
    std::optional<ImageId> id;
    for (std::size_t at = 0; at + 8 <= bytes_.size();) {
      const ByteView rest = ByteView(bytes_).subspan(at);
      const auto own = looksOwn(rest) ? ownFrameSize(rest) : std::nullopt;
      const auto size = own ? own : zstdFrameSize(rest);
      if (!size || *size == 0 || *size > rest.size()) return;
      if (own && *own >= kOwnOverhead) {
        auto prefix = structAt<FramePrefix>(bytes_, at);
        if (!id) id = prefix.id;
        prefix.id = *id;
        prefix.position = at;
        std::memcpy(bytes_.data() + at, &prefix, sizeof prefix);
        own_.push_back({at, static_cast<std::size_t>(*own), Kind{prefix.kind.value()}});
      }
      at += static_cast<std::size_t>(*size);
    }
  }

  void put(std::size_t at, const Hash128& hash) {
    const StoredHash stored(hash);
    std::memcpy(bytes_.data() + at, &stored, sizeof stored);
  }

  void seal(const Place& place) {
    put(place.at + place.size - sizeof(StoredHash),
        hashOf(ByteView(bytes_).subspan(place.at, place.size - sizeof(StoredHash))));
  }

  // docs/image-format.md, "INDX": the hash of the stored bytes that each record names.
  void repairIndex(const Place& place) {
    const std::size_t end = place.at + place.size - sizeof(StoredHash);
    for (std::size_t at = place.at + sizeof(FramePrefix) + 24; at + 48 <= end;) {
      const std::uint64_t position = structAt<le64>(bytes_, at + 8);
      const std::uint32_t stored = structAt<le32>(bytes_, at + 16);
      const std::uint32_t present = structAt<le32>(bytes_, at + 24);
      if (stored != 0 && extentFits(position, stored, bytes_.size())) {
        put(at + 32, hashOf(ByteView(bytes_).subspan(static_cast<std::size_t>(position), stored)));
      }
      at += 48 + 16 * static_cast<std::size_t>(__builtin_popcount(present));
    }
  }

  // "FOOT": place and hash of each frame of ours, in order.
  void repairFoot(const Place& place) {
    const std::size_t end = place.at + place.size - sizeof(StoredHash);
    std::size_t at = place.at + sizeof(FramePrefix) + 24;
    for (const Place& frame : own_) {
      if (frame.kind == kChunks || frame.kind == kFoot) continue;
      if (at + 48 > end) return;
      const le64 position(frame.at);
      const le32 size(static_cast<std::uint32_t>(frame.size));
      std::memcpy(bytes_.data() + at, &position, sizeof position);
      std::memcpy(bytes_.data() + at + 8, &size, sizeof size);
      put(at + 32, hashOf(ByteView(bytes_).subspan(frame.at, frame.size)));
      at += 48;
    }
  }

  Bytes bytes_;
  std::vector<Place> own_;
};

}  // namespace disktwin::image::test
