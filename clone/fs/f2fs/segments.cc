#include "clone/fs/f2fs/segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "clone/fs/f2fs/unproven.h"

namespace disktwin::fs::f2fs {
namespace {

constexpr std::size_t kMostNodeSegments = 1U << 19;  // 34 MiB
constexpr std::uint32_t kCountMask = 0x3FF;
constexpr std::uint32_t kKindShift = 10;

bool valid(const ValidMap& map, std::uint32_t block) {
  return (map[block / 8] & (0x80U >> (block % 8))) != 0;
}

std::uint32_t countOf(const ValidMap& map) {
  std::uint32_t count = 0;
  for (const std::uint8_t byte : map) count += static_cast<std::uint32_t>(std::popcount(byte));
  return count;
}

template <typename Call>
void forEachRunOf(const ValidMap& map, const Call& call) {
  for (std::uint32_t at = 0; at < kBlocksPerSegment;) {
    const bool inUse = valid(map, at);
    std::uint32_t end = at + 1;
    while (end < kBlocksPerSegment && valid(map, end) == inUse) ++end;
    if (inUse) call(at, end - at);
    at = end;
  }
}

class SegmentReader {
 public:
  SegmentReader(const Geometry& g, const std::vector<Log>& logs, ExtentBuilder& used)
      : g_(g), logs_(logs), used_(used) {}

  void add(std::uint32_t segment, const SitEntry& entry) {
    ValidMap map;
    std::memcpy(map.data(), entry.valid, map.size());
    const std::uint32_t count = entry.kindAndCount & kCountMask;
    const std::uint32_t kind = entry.kindAndCount.value() >> kKindShift;
    // fs/f2fs/segment.h, check_block_count().
    if (count != countOf(map)) {
      throw Unproven{
          fmt::format("the entry of segment {} is damaged: it counts {} blocks and"
                      " marks {}; fsck.f2fs repairs it",
                      segment, count, countOf(map))};
    }
    const Log* log = logOf(segment);
    if (log != nullptr) checkLog(*log, map, kind, count);
    if (count == 0) {
      out_.free += log == nullptr ? 1 : 0;
    } else if (kind >= 2 * kLogs) {
      throw Unproven{fmt::format("segment {} is of an unknown kind", segment)};
    } else {
      out_.valid += count;
      if (kind >= kLogs) {
        out_.validNodes += count;
        out_.nodes.add(segment, map);
      }
    }
    if (log != nullptr || count == kBlocksPerSegment) {
      add(segment, 0, kBlocksPerSegment);
    } else if (count != 0) {
      forEachRunOf(map,
                   [&](std::uint32_t first, std::uint32_t length) { add(segment, first, length); });
    }
  }

  Segments take() { return std::move(out_); }

 private:
  const Log* logOf(std::uint32_t segment) const {
    for (const Log& log : logs_) {
      if (log.segment == segment) return &log;
    }
    return nullptr;
  }

  // fs/f2fs/segment.c, sanity_check_curseg(): what comes next is free.
  static void checkLog(const Log& log, const ValidMap& map, std::uint32_t kind,
                       std::uint32_t count) {
    if (valid(map, log.offset) || (count != 0 && kind != log.kind)) {
      throw Unproven{
          fmt::format("the checkpoint would write over what is in use in segment {}", log.segment)};
    }
  }

  void add(std::uint32_t segment, std::uint32_t first, std::uint32_t count) {
    used_.add({(std::uint64_t{g_.segmentStart(segment)} + first) * kBlockSize,
               std::uint64_t{count} * kBlockSize});
  }

  const Geometry& g_;
  const std::vector<Log>& logs_;
  ExtentBuilder& used_;
  Segments out_;
};

}  // namespace

void NodeSegments::add(std::uint32_t segment, const ValidMap& map) {
  if (known_.size() < kMostNodeSegments) {
    known_.push_back({segment, map});
  } else {
    firstForgotten_ = std::min(firstForgotten_, segment);
  }
}

bool NodeSegments::mayHold(const Geometry& g, std::uint32_t block) const {
  if (!g.inMain(block)) return false;
  const std::uint32_t segment = (block - g.main) / kBlocksPerSegment;
  if (segment >= firstForgotten_) return true;
  const auto at =
      std::lower_bound(known_.begin(), known_.end(), segment,
                       [](const One& one, std::uint32_t wanted) { return one.segment < wanted; });
  if (at == known_.end() || at->segment != segment) return false;
  return valid(at->map, (block - g.main) % kBlocksPerSegment);
}

void NodeSegments::forEachRun(const Call& call) const {
  if (firstForgotten_ != 0xFFFFFFFF) {
    throw Unproven{"it has too many segments of nodes to look into each of them"};
  }
  for (const One& one : known_) {
    forEachRunOf(one.map, [&](std::uint32_t first, std::uint32_t count) {
      call(one.segment, first, count);
    });
  }
}

Segments readSegments(const BlockReader& volume, const Geometry& g, const Pack& pack,
                      const Journals& journals, const std::vector<Log>& logs, ExtentBuilder& used) {
  SegmentReader reader(g, logs, used);
  const std::uint32_t blocks = (g.segments - 1) / kSitEntriesPerBlock + 1;
  auto younger = journals.segments.begin();
  forEachSitBlock(volume, g, pack, blocks, [&](std::uint32_t index, auto block) {
    const std::uint32_t first = index * kSitEntriesPerBlock;
    const std::uint32_t count = std::min(kSitEntriesPerBlock, g.segments - first);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (younger != journals.segments.end() && younger->first == first + i) {
        reader.add(first + i, younger->second);
        ++younger;
      } else {
        reader.add(first + i, structAt<SitEntry>(block, i * sizeof(SitEntry)));
      }
    }
    return true;
  });
  return reader.take();
}

}  // namespace disktwin::fs::f2fs
