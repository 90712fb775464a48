#include "image/format/foot.h"

#include <fmt/format.h>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

struct FootHead {
  le64 diskSize;
  le64 presentBytes;
  le32 volumes;
  le32 count;
};
static_assert(sizeof(FootHead) == 24);

struct FootEntry {
  le64 position;
  le32 bytes;
  le32 kind;
  le64 from;
  le64 to;
  StoredHash hash;
};
static_assert(sizeof(FootEntry) == 48);

void check(bool good, const std::string& subject, const char* what) {
  if (!good) {
    throw Error(ErrorKind::Invalid, subject, fmt::format("FOOT contradicts itself: {}", what));
  }
}

}  // namespace

Bytes encodeFoot(const Foot& foot) {
  Bytes out;
  append(out, FootHead{foot.diskSize, foot.presentBytes, foot.volumes,
                       static_cast<std::uint32_t>(foot.frames.size())});
  for (const OwnEntry& entry : foot.frames) {
    append(out, FootEntry{entry.position, entry.bytes, static_cast<std::uint32_t>(entry.kind),
                          entry.covers.offset, entry.covers.end(), entry.hash});
  }
  return out;
}

Foot decodeFoot(ByteView body, std::uint64_t position, const std::string& subject) {
  check(body.size() >= sizeof(FootHead), subject, "it is cut");
  const auto head = structAt<FootHead>(body, 0);
  check((body.size() - sizeof(FootHead)) / sizeof(FootEntry) == head.count &&
            (body.size() - sizeof(FootHead)) % sizeof(FootEntry) == 0,
        subject, "its size");
  Foot foot{head.diskSize, head.presentBytes, head.volumes, {}};
  check(foot.volumes >= 1 && foot.diskSize > 0, subject, "how many volumes, how large a disk");
  std::uint64_t before = 0;
  std::uint64_t covered = 0;
  for (std::uint32_t i = 0; i < head.count; ++i) {
    const auto at = structAt<FootEntry>(body, sizeof(FootHead) + i * sizeof(FootEntry));
    OwnEntry entry{at.position, at.bytes, Kind{at.kind.value()}, {}, at.hash};
    check(entry.position >= before && extentFits(entry.position, entry.bytes, position), subject,
          "the place of a frame");
    check(entry.bytes >= kOwnOverhead && entry.bytes <= kLargestOwnFrame + 8, subject,
          "the size of a frame");
    check(isKnown(entry.kind) && entry.kind != kChunks && entry.kind != kFoot, subject,
          "the kind of a frame");
    check(at.from <= at.to && at.to <= foot.diskSize, subject, "what an INDX covers");
    entry.covers = {at.from, at.to - at.from};
    if (entry.kind == kIndex) {
      check(entry.covers.offset == covered, subject, "a gap between two INDX");
      covered = entry.covers.end();
    }
    before = entry.position + entry.bytes;
    foot.frames.push_back(entry);
  }
  check(covered == foot.diskSize, subject, "the index does not reach the end of the disk");
  return foot;
}

Bytes encodeSeekTable(const std::vector<SeekEntry>& entries) {
  Bytes out;
  out.reserve(seekTableBytes(entries.size()));
  append(out, le32(kSeekTableMagic));
  append(out, le32(static_cast<std::uint32_t>(seekTableBytes(entries.size()) - 8)));
  const auto bytes = std::as_bytes(std::span(entries));
  out.insert(out.end(), bytes.begin(), bytes.end());
  append(out, le32(static_cast<std::uint32_t>(entries.size())));
  out.push_back(std::byte{0});
  append(out, le32(kSeekFooterMagic));
  return out;
}

std::optional<std::uint64_t> seekEntriesByFooter(ByteView last9) {
  const std::uint64_t count = structAt<le32>(last9, 0);
  if (structAt<le32>(last9, 5) != kSeekFooterMagic || last9[4] != std::byte{0} ||
      count > kMostSeekEntries) {
    return std::nullopt;
  }
  return count;
}

}  // namespace disktwin::image
