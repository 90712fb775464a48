#include "clone/fs/f2fs/roll_forward.h"

#include <span>

#include "clone/fs/f2fs/checksum.h"

namespace disktwin::fs::f2fs {
namespace {

constexpr std::uint32_t kWarmNodes = 4;

// fs/f2fs/node.h, is_recoverable_dnode().
bool isYounger(const NodeFooter& footer, const Pack& pack) {
  const std::uint64_t version = pack.head.version;
  const std::uint64_t found = footer.checkpointVersion;
  if (pack.is(kNoCrcRecovery)) return found << 32 == version << 32;
  if (!pack.is(kCrcRecovery)) return found == version;
  const std::uint64_t crc = storedChecksum(std::span(pack.blocks).first(kBlockSize));
  return found == (version | crc << 32);
}

}  // namespace

bool rollsForward(const BlockReader& volume, const Geometry& g, const Pack& pack,
                  const std::vector<Log>& logs) {
  // fs/f2fs/recovery.c, find_fsync_dnodes(): it begins at the next free block of this log, and ends
  // at the first block that is no younger node.
  for (const Log& log : logs) {
    if (log.kind != kWarmNodes) continue;
    const std::uint64_t block = std::uint64_t{g.segmentStart(log.segment)} + log.offset;
    return isYounger(readStruct<NodeFooter>(volume, block * kBlockSize + kFooterOffset), pack);
  }
  return false;
}

}  // namespace disktwin::fs::f2fs
