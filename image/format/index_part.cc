#include "image/format/index_part.h"

#include <fmt/format.h>

#include <bit>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

struct PartHead {
  le64 from;
  le64 to;
  le32 count;
  le32 reserved;
};
static_assert(sizeof(PartHead) == 24);

struct RecordHead {
  le64 offset;
  le64 position;
  le32 stored;
  le32 length;
  le32 present;
  le32 zero;
  StoredHash storedHash;
};
static_assert(sizeof(RecordHead) == 48);

void check(bool good, const std::string& subject, std::uint64_t offset, const char* what) {
  if (good) return;
  throw Error(
      ErrorKind::Invalid, subject,
      fmt::format("the index contradicts itself for byte {} of the disk: {}", offset, what));
}

void checkRecord(const Record& record, const IndexPart& part, const Head& head,
                 std::uint64_t diskSize, const std::string& subject) {
  const std::uint64_t at = record.offset;
  const std::uint64_t before =
      part.records.empty() ? part.covers.offset : part.records.back().disk().end();
  check(record.length > 0 && extentFits(at, record.length, diskSize), subject, at, "its length");
  check(at >= before && record.disk().end() <= part.covers.end(), subject, at, "its place");
  check(!head.open() || at == before, subject, at, "a gap before it");
  check(at % head.frameBytes == 0, subject, at, "its place in the grid");
  const bool reachesGrid =
      record.disk().end() % head.frameBytes == 0 || record.disk().end() == diskSize;
  check(reachesGrid, subject, at, "its end in the grid");
  if (record.isZeroRun()) {
    check(record.length <= kLongestZeroRun, subject, at, "its zeroes");
  } else {
    check(record.length <= head.frameBytes, subject, at, "the length of its cell");
    check(record.stored <= largestStored(record.length), subject, at, "the size of its frame");
    const std::uint32_t all = allChunks(record.length);
    check(((record.present | record.zero) & ~all) == 0 && (record.present & record.zero) == 0 &&
              (record.present | record.zero) != 0,
          subject, at, "its chunks");
    check(head.incremental() || (record.present | record.zero) == all, subject, at, "its chunks");
    check(head.incremental() || record.present != 0, subject, at, "its chunks");
  }
  check(record.stored != 0 && record.stored <= kLargestOwnFrame + 8, subject, at,
        "the size of its frame");
}

}  // namespace

std::uint64_t largestStored(std::uint64_t length) {
  return length + length / 128 + (64U << 10);
}

std::uint32_t allChunks(std::uint64_t length) {
  const std::uint64_t count = std::min<std::uint64_t>((length + kChunkBytes - 1) / kChunkBytes, 32);
  return static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1);
}

std::uint64_t presentBytes(std::uint32_t present, std::uint64_t length) {
  std::uint64_t bytes = 0;
  for (unsigned chunk = 0; chunk < 32; ++chunk) {
    if ((present >> chunk & 1) != 0) bytes += chunkExtent(chunk, length).length;
  }
  return bytes;
}

Bytes encodeIndexPart(const IndexPart& part) {
  Bytes out;
  append(out, PartHead{part.covers.offset, part.covers.end(),
                       static_cast<std::uint32_t>(part.records.size()), 0U});
  for (const Record& record : part.records) {
    append(out, RecordHead{record.offset, record.position, record.stored, record.length,
                           record.present, record.zero, record.storedHash});
    for (const Hash128& chunk : record.chunks) append(out, StoredHash(chunk));
  }
  return out;
}

IndexPart decodeIndexPart(ByteView body, const Head& head, std::uint64_t diskSize,
                          const std::string& subject) {
  check(body.size() >= sizeof(PartHead), subject, 0, "it is cut");
  const auto partHead = structAt<PartHead>(body, 0);
  IndexPart part;
  check(partHead.from <= partHead.to && partHead.to <= diskSize, subject, partHead.from,
        "what it covers");
  check(partHead.count <= kRecordsInPart && partHead.reserved == 0, subject, partHead.from,
        "how much is in it");
  part.covers = {partHead.from, partHead.to - partHead.from};
  ByteView rest = body.subspan(sizeof(PartHead));
  for (std::uint32_t i = 0; i < partHead.count; ++i) {
    check(rest.size() >= sizeof(RecordHead), subject, partHead.from, "it is cut");
    const auto at = structAt<RecordHead>(rest, 0);
    rest = rest.subspan(sizeof(RecordHead));
    Record record{at.offset, at.position,   at.stored, at.length, at.present,
                  at.zero,   at.storedHash, {},        true,      0};
    checkRecord(record, part, head, diskSize, subject);
    const auto hashes = static_cast<std::size_t>(std::popcount(record.present));
    check(rest.size() >= hashes * sizeof(StoredHash), subject, record.offset, "it is cut");
    for (std::size_t k = 0; k < hashes; ++k) {
      record.chunks.push_back(structAt<StoredHash>(rest, k * sizeof(StoredHash)));
    }
    rest = rest.subspan(hashes * sizeof(StoredHash));
    part.records.push_back(std::move(record));
  }
  check(rest.empty(), subject, partHead.from, "bytes behind its end");
  check(!head.open() || part.covers.empty() ||
            (!part.records.empty() && part.records.back().disk().end() == part.covers.end()),
        subject, partHead.from, "a gap at its end");
  return part;
}

}  // namespace disktwin::image
