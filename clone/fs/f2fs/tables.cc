#include "clone/fs/f2fs/tables.h"

#include <algorithm>
#include <vector>

#include "clone/fs/f2fs/unproven.h"

namespace disktwin::fs::f2fs {
namespace {

constexpr std::uint32_t kBlocksAtOnce = 256;

std::vector<std::byte> readBlocks(const BlockReader& volume, std::uint32_t first,
                                  std::uint32_t count) {
  return readBytes(volume, std::uint64_t{first} * kBlockSize, std::size_t{count} * kBlockSize);
}

// Where the two copies of a table's block lie, for a run of blocks that lie side by side.
struct Places {
  std::uint32_t first;
  std::uint32_t second;
};

// One piece: of each copy what lies between the first and the last block that counts, so that two
// reads are enough however the copies take turns.
bool forPiece(const BlockReader& volume, const Places& places, const std::byte* copyBits,
              std::uint32_t index, std::uint32_t count, const TableBlock& call) {
  struct Copy {
    std::uint32_t from = kBlocksAtOnce;
    std::uint32_t to = 0;
    std::vector<std::byte> bytes;
  } copies[2];
  for (std::uint32_t i = 0; i < count; ++i) {
    Copy& copy = copies[bitAt(copyBits, index + i) ? 1 : 0];
    copy.from = std::min(copy.from, i);
    copy.to = i + 1;
  }
  for (const bool second : {false, true}) {
    Copy& copy = copies[second ? 1 : 0];
    if (copy.to == 0) continue;
    const std::uint32_t start = second ? places.second : places.first;
    copy.bytes = readBlocks(volume, start + copy.from, copy.to - copy.from);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const Copy& copy = copies[bitAt(copyBits, index + i) ? 1 : 0];
    const auto at = std::size_t{i - copy.from} * kBlockSize;
    if (!call(index + i, std::span(copy.bytes).subspan(at, kBlockSize))) return false;
  }
  return true;
}

template <typename Entry>
void takeEntries(std::span<const std::byte> journal, std::uint32_t most,
                 std::map<std::uint32_t, decltype(Entry::entry)>& out, le32 Entry::*key,
                 std::uint64_t keys) {
  const std::uint32_t count = structAt<le16>(journal, 0);
  if (count > most) throw Unproven{"a journal of the checkpoint claims more entries than it holds"};
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto entry = structAt<Entry>(journal, sizeof(le16) + i * sizeof(Entry));
    const std::uint32_t number = entry.*key;
    if (number >= keys || !out.emplace(number, entry.entry).second) {
      throw Unproven{"a journal of the checkpoint names what does not exist, or twice the same"};
    }
  }
}

}  // namespace

Journals journalsOf(const BlockReader& volume, const Geometry& g, const Pack& pack) {
  // fs/f2fs/segment.c, read_compacted_summaries() and read_normal_summaries().
  const std::uint32_t at = pack.head.summaryStart;
  const bool compact = pack.is(kCompactSummaries);
  constexpr std::uint32_t kColdData = 2;
  const std::uint32_t last = compact ? at : at + kColdData;
  if (at < g.payload + 1 || at >= kBlocksPerSegment || last >= pack.head.packBlocks - 1) {
    throw Unproven{"the summaries of the checkpoint lie outside it"};
  }
  if (!compact) {
    // The kernel counts from the end of the pack.
    const bool withNodes = pack.is(kUnmounted) || pack.is(kFastBoot);
    if (at + kLogs + (withNodes ? kLogs : 0) + 1 != pack.head.packBlocks) {
      throw Unproven{"the checkpoint has not as many summaries as it should"};
    }
  }
  const auto blocks = readBlocks(volume, pack.start + at, last - at + 1);
  const auto bytes = std::span<const std::byte>(blocks);
  const auto nat = bytes.subspan(compact ? 0 : kJournalInSummary, kJournalSize);
  const auto sit = compact
                       ? bytes.subspan(kJournalSize, kJournalSize)
                       : bytes.subspan(kColdData * kBlockSize + kJournalInSummary, kJournalSize);
  Journals out;
  takeEntries<SitJournalEntry>(sit, kMostSitJournal, out.segments, &SitJournalEntry::segment,
                               g.segments);
  takeEntries<NatJournalEntry>(nat, kMostNatJournal, out.nodes, &NatJournalEntry::node,
                               std::uint64_t{g.natBlocks} * kNatEntriesPerBlock);
  return out;
}

void forEachSitBlock(const BlockReader& volume, const Geometry& g, const Pack& pack,
                     std::uint32_t count, const TableBlock& call) {
  // fs/f2fs/segment.h, current_sit_addr(): the second copies follow all the first ones.
  for (std::uint32_t i = 0; i < count; i += kBlocksAtOnce) {
    const std::uint32_t length = std::min(kBlocksAtOnce, count - i);
    const Places places{g.sit + i, g.sit + g.sitBlocks + i};
    if (!forPiece(volume, places, pack.sitCopy.data(), i, length, call)) return;
  }
}

void forEachNatBlock(const BlockReader& volume, const Geometry& g, const Pack& pack,
                     const TableBlock& call) {
  // fs/f2fs/node.h, current_nat_addr(): the copies take turns, segment by segment. A piece is half
  // a segment, so it never passes the end of one.
  for (std::uint32_t i = 0; i < g.natBlocks; i += kBlocksAtOnce) {
    const std::uint32_t first = g.nat + 2 * i - i % kBlocksPerSegment;
    const Places places{first, first + kBlocksPerSegment};
    if (!forPiece(volume, places, pack.natCopy.data(), i, kBlocksAtOnce, call)) return;
  }
}

}  // namespace disktwin::fs::f2fs
