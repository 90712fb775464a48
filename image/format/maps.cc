#include "image/format/maps.h"

#include <fmt/format.h>

#include <algorithm>

#include "clone/io/block_reader.h"
#include "platform/error.h"

namespace disktwin::image {
namespace {

struct MapHead {
  le32 volume;
  le32 kind;
  le32 count;
};
static_assert(sizeof(MapHead) == 12);

struct BlockHead {
  le64 offset;
  le32 length;
};
static_assert(sizeof(BlockHead) == 12);

constexpr std::size_t kLongestNumber = 10;

[[noreturn]] void invalid(const std::string& subject, const char* what) {
  throw Error(ErrorKind::Invalid, subject, what);
}

void appendNumber(Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::byte>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::byte>(value));
}

std::uint64_t takeNumber(ByteView& rest, const std::string& subject) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLongestNumber && i < rest.size(); ++i) {
    const auto byte = static_cast<std::uint64_t>(rest[i]);
    if (i == kLongestNumber - 1 && byte > 1) break;
    value |= (byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) {
      rest = rest.subspan(i + 1);
      return value;
    }
  }
  invalid(subject, "UMAP: a number that does not end");
}

}  // namespace

ExtentSet& VolumeMap::of(MapKind kind) {
  switch (kind) {
    case MapKind::Captured:
      return captured;
    case MapKind::Zeroed:
      return zeroed;
    case MapKind::Signatures:
      return signatures;
    case MapKind::LeftOut:
      break;
  }
  return leftOut;
}

std::vector<Bytes> encodeMap(std::uint32_t volume, MapKind kind, const ExtentSet& set) {
  std::vector<Bytes> out;
  const std::vector<Extent>& all = set.extents();
  for (std::size_t from = 0; from < all.size(); from += kExtentsInMap) {
    const std::size_t count = std::min(kExtentsInMap, all.size() - from);
    Bytes body;
    append(body,
           MapHead{volume, static_cast<std::uint32_t>(kind), static_cast<std::uint32_t>(count)});
    std::uint64_t end = 0;
    for (std::size_t i = from; i < from + count; ++i) {
      appendNumber(body, all[i].offset - end);
      appendNumber(body, all[i].length);
      end = all[i].end();
    }
    out.push_back(std::move(body));
  }
  return out;
}

void decodeMap(ByteView body, std::uint64_t diskSize, std::vector<VolumeMap>& volumes,
               VolumeMap& outside, std::uint64_t& budget, const std::string& subject) {
  if (body.size() < sizeof(MapHead)) invalid(subject, "UMAP: it is cut");
  const auto head = structAt<MapHead>(body, 0);
  const bool known = head.volume < volumes.size() || head.volume == kOutside;
  if (!known || head.kind > static_cast<std::uint32_t>(MapKind::LeftOut) ||
      head.count > kExtentsInMap) {
    invalid(subject, "UMAP: of what it is, or how much");
  }
  if (head.count > budget) invalid(subject, "UMAP: more extents than a map can have");
  budget -= head.count;
  ExtentSet& set = (head.volume == kOutside ? outside : volumes[head.volume])
                       .of(static_cast<MapKind>(head.kind.value()));
  ByteView rest = body.subspan(sizeof(MapHead));
  std::uint64_t end = 0;
  for (std::uint32_t i = 0; i < head.count; ++i) {
    const std::uint64_t gap = takeNumber(rest, subject);
    const std::uint64_t length = takeNumber(rest, subject);
    if (gap > diskSize || !extentFits(end + gap, length, diskSize) || length == 0) {
      invalid(subject, "UMAP: an extent beyond the end of the disk");
    }
    const Extent extent{end + gap, length};
    if (!set.empty() && extent.offset < set.extents().back().end()) {
      invalid(subject, "UMAP: extents out of order");
    }
    set.add(extent);
    end = extent.end();
  }
  if (!rest.empty()) invalid(subject, "UMAP: bytes behind its end");
}

Bytes encodeTable(const std::vector<table::TableBlock>& blocks) {
  Bytes out;
  for (const table::TableBlock& block : blocks) {
    append(out, BlockHead{block.offset, static_cast<std::uint32_t>(block.bytes.size())});
    out.insert(out.end(), block.bytes.begin(), block.bytes.end());
  }
  return out;
}

// A table of 128 entries has six, a chain of logical partitions one for each.
constexpr std::size_t kMostTableBlocks = 4096;

std::vector<table::TableBlock> decodeTable(ByteView body, std::uint64_t diskSize,
                                           const std::string& subject) {
  std::vector<table::TableBlock> out;
  while (!body.empty()) {
    if (body.size() < sizeof(BlockHead)) invalid(subject, "TABL: it is cut");
    if (out.size() == kMostTableBlocks) invalid(subject, "TABL: more blocks than a table has");
    const auto head = structAt<BlockHead>(body, 0);
    body = body.subspan(sizeof(BlockHead));
    if (head.length > body.size() || !extentFits(head.offset, head.length, diskSize)) {
      invalid(subject, "TABL: a block beyond its end or that of the disk");
    }
    const ByteView bytes = body.first(head.length);
    out.push_back({head.offset, Bytes(bytes.begin(), bytes.end())});
    body = body.subspan(head.length);
  }
  return out;
}

}  // namespace disktwin::image
