#include "clone/fs/xfs/log.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "clone/fs/xfs/checksum.h"
#include "clone/io/checksum.h"
#include "clone/io/crc32c.h"

namespace disktwin::fs::xfs {
namespace {

// A ring of 512-byte blocks. Each begins with the number of the round ("cycle") in which it was
// written, so that the place where the number falls by one is where the next record will go.
class Log {
 public:
  Log(const BlockReader& volume, const Geometry& geometry)
      : volume_(volume), geometry_(geometry), within_(geometry.logExtent()) {
    blocks_ = within_.length / kLogBlock;
  }

  bool isClean() const {
    const std::optional<std::uint64_t> head = findHead();
    return head && isAroundWhole(*head) && endsInUnmount(*head);
  }

 private:
  // `count` blocks from `first` on, around the end of the ring.
  std::vector<std::byte> read(std::uint64_t first, std::uint64_t count) const {
    std::vector<std::byte> out(count * kLogBlock);
    const std::uint64_t straight = std::min(count, blocks_ - first);
    const std::span<std::byte> all(out);
    volume_.read(within_.offset + first * kLogBlock, all.first(straight * kLogBlock));
    if (straight < count) volume_.read(within_.offset, all.subspan(straight * kLogBlock));
    return out;
  }

  // "xlog_get_cycle"
  static std::uint32_t cycleAt(std::span<const std::byte> block) {
    const std::uint32_t word = structAt<be32>(block, 0);
    return word == kLogMagic ? structAt<be32>(block, sizeof(be32)).value() : word;
  }
  std::uint32_t cycleOf(std::uint64_t block) const { return cycleAt(read(block, 1)); }

  // "xlog_find_head": the first block of the round before the present one; 0 when the ring's end
  // was just reached. Nothing when the rounds at both ends do not follow each other.
  std::optional<std::uint64_t> findHead() const {
    const std::uint32_t present = cycleOf(0);
    const std::uint32_t before = cycleOf(blocks_ - 1);
    // Not even mkfs leaves a log without a record.
    if (present == 0) return std::nullopt;
    if (before == present) return 0;
    if (before != present - 1) return std::nullopt;
    std::uint64_t low = 0;
    std::uint64_t high = blocks_ - 1;
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      (cycleOf(middle) == before ? high : low) = middle;
    }
    return high;
  }

  // That many buffers can have been on their way at once. When one got lost or came too early, old
  // and new rounds lie mixed at the head: what was last written is then a matter of replaying.
  bool isAroundWhole(std::uint64_t head) const {
    const std::uint32_t present = cycleOf(0);
    const std::uint32_t before = head == 0 ? present : present - 1;
    const std::uint64_t window = std::min<std::uint64_t>(
        std::uint64_t{kMaxLogBuffers} * kMaxRecordBytes / kLogBlock, blocks_ / 2);
    const std::uint64_t first = (head + blocks_ - window) % blocks_;
    const std::vector<std::byte> bytes = read(first, 2 * window);
    for (std::uint64_t i = 0; i < 2 * window; ++i) {
      const std::uint64_t block = (first + i) % blocks_;
      const std::uint32_t expected = block < head ? present : before;
      const auto at = std::span(bytes).subspan(i * kLogBlock, kLogBlock);
      if (cycleAt(at) != expected) return false;
    }
    return true;
  }

  // "xlog_check_unmount_rec", and more strictly: the record before the head is nothing else than
  // the mark of an unmount.
  bool endsInUnmount(std::uint64_t head) const {
    const std::uint64_t most = std::min<std::uint64_t>(
        blocks_ - 1, (kMaxRecordBytes + kMaxRecordBytes / kHeaderCovers * kLogBlock) / kLogBlock);
    const std::uint64_t first = (head + blocks_ - most) % blocks_;
    const std::vector<std::byte> bytes = read(first, most);
    for (std::uint64_t back = 1; back <= most; ++back) {
      const std::span<const std::byte> record = std::span(bytes).subspan((most - back) * kLogBlock);
      if (structAt<be32>(record, 0) == kLogMagic) {
        return isUnmount(record, (head + blocks_ - back) % blocks_);
      }
    }
    return false;
  }

  // `record` is the record from its header to the head.
  bool isUnmount(std::span<const std::byte> record, std::uint64_t block) const {
    const auto header = structAt<LogRecord>(record, 0);
    if (header.sequence != (std::uint64_t{header.cycle} << 32 | block)) return false;
    if (header.uuid != geometry_.uuid || header.operations != 1) return false;
    const std::uint64_t headers = headerBlocks(header);
    const std::uint64_t blocks = record.size() / kLogBlock;
    if (headers >= blocks || header.length == 0) return false;
    if ((std::uint64_t{header.length} + kLogBlock - 1) / kLogBlock != blocks - headers) {
      return false;
    }
    if (!checksumIsRight(record, header, headers)) return false;
    const std::size_t at = headers * kLogBlock;
    const auto operation = structAt<LogOperation>(record, at);
    const std::size_t mark = at + sizeof operation;
    return operation.client == kLogClient && operation.flags == kUnmountFlag &&
           (structAt<le16>(record, mark) == kUnmountMark ||
            structAt<be16>(record, mark) == kUnmountMark);
  }

  // "xlog_logrec_hblks"
  static std::uint64_t headerBlocks(const LogRecord& header) {
    const std::uint64_t size = header.bufferSize;
    if ((header.version & kLogVersion2) == 0 || size <= kHeaderCovers) return 1;
    return (size + kHeaderCovers - 1) / kHeaderCovers;
  }

  // "xlog_cksum". Kernels before 3.8 and mkfs leave it out. On 32-bit x86 the header ends before
  // its padding.
  static bool checksumIsRight(std::span<const std::byte> record, const LogRecord& header,
                              std::uint64_t headers) {
    if (header.checksum == 0) return true;
    for (const std::size_t size : {sizeof(LogRecord), offsetof(LogRecord, padding)}) {
      std::uint32_t crc = ~checksumOf(record.first(size), offsetof(LogRecord, checksum));
      for (std::uint64_t i = 1; i < headers; ++i) {
        crc = crc32c(crc, record.subspan(i * kLogBlock, kExtendedHeaderBytes));
      }
      crc = crc32c(crc, record.subspan(headers * kLogBlock, header.length));
      if (checksumAgrees(header.checksum, ~crc)) return true;
    }
    return false;
  }

  const BlockReader& volume_;
  const Geometry& geometry_;
  Extent within_;
  std::uint64_t blocks_ = 0;
};

}  // namespace

LogState examineLog(const BlockReader& volume, const Geometry& geometry) {
  if (geometry.log.count == 0) return LogState::External;
  if (geometry.logExtent().length < 4ULL * kLogBlock) return LogState::Pending;
  return Log(volume, geometry).isClean() ? LogState::Clean : LogState::Pending;
}

}  // namespace disktwin::fs::xfs
