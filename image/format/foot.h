// The last frame of ours and the seek table behind it. docs/image-format.md, "FOOT", "The seek
// table".
#pragma once

#include <vector>

#include "image/format/own_frame.h"
#include "platform/extent.h"

namespace disktwin::image {

// A frame of ours, as FOOT names it.
struct OwnEntry {
  std::uint64_t position = 0;
  std::uint32_t bytes = 0;
  Kind kind{};
  Extent covers;  // bytes of the disk, of an INDX
  Hash128 hash;   // of the whole frame
};

struct Foot {
  std::uint64_t diskSize = 0;
  std::uint64_t presentBytes = 0;
  std::uint32_t volumes = 1;
  std::vector<OwnEntry> frames;
};

Bytes encodeFoot(const Foot& foot);
// `position` is where the frame itself lies. Throws Error(Invalid) with `subject`.
Foot decodeFoot(ByteView body, std::uint64_t position, const std::string& subject);

// One entry of the seek table.
struct SeekEntry {
  le32 stored;
  le32 plain;
};
static_assert(sizeof(SeekEntry) == 8);

inline constexpr std::size_t kSeekFooterBytes = 9;
inline constexpr std::uint32_t kSeekFooterMagic = 0x8F92EAB1;
inline constexpr std::uint32_t kSeekTableMagic = 0x184D2A5E;
// As contrib/seekable_format limits it.
inline constexpr std::uint64_t kMostSeekEntries = 0x8000000;

inline std::uint64_t seekTableBytes(std::uint64_t entries) {
  return 8 + entries * sizeof(SeekEntry) + kSeekFooterBytes;
}
Bytes encodeSeekTable(const std::vector<SeekEntry>& entries);
// What the last 9 bytes of a file say; nullopt when they are not a footer as we write it.
std::optional<std::uint64_t> seekEntriesByFooter(ByteView last9);

}  // namespace disktwin::image
