#include "clone/fs/exfat/root_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "clone/fs/exfat/cluster_chain.h"
#include "clone/fs/exfat/entries.h"

namespace disktwin::fs::exfat {
namespace {

constexpr std::uint64_t kPiece = 64 * KiB;

void appendUtf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80 | (code >> shift & 0x3F));
  };
  if (code < 0x80) {
    out += static_cast<char>(code < 0x20 ? '?' : code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string labelOf(const LabelEntry& entry) {
  std::string out;
  const std::size_t count = std::min<std::size_t>(entry.length, entry.units.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t unit = entry.units[i];
    if (unit == 0) break;
    const std::uint32_t low = i + 1 < count ? entry.units[i + 1].value() : 0;
    if (unit >= 0xD800 && unit < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
      appendUtf8(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      ++i;
    } else {
      // Half a surrogate pair has no UTF-8 form.
      appendUtf8(out, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
    }
  }
  return out;
}

// True at the end of the directory.
bool take(const GenericEntry& generic, RootDirectory& root) {
  if (generic.type == entry::kEndOfDirectory) return true;
  if (!entry::isInUse(generic.type)) return false;
  switch (generic.type) {
    case entry::kBitmap:
      root.bitmaps.push_back({generic.firstCluster, generic.length});
      break;
    case entry::kUpCaseTable:
      root.upCaseTables.push_back({generic.firstCluster, generic.length});
      break;
    case entry::kLabel:
      root.label = labelOf(std::bit_cast<LabelEntry>(generic));
      break;
    case entry::kFile:
      break;
    default:
      // Section 6.2.1.2: a volume with a critical entry that one does not know is not to be
      // mounted.
      if (!entry::isSecondary(generic.type) && !entry::isBenign(generic.type)) {
        root.problem =
            fmt::format("its root directory has an entry of unknown type {:#x}", generic.type);
      }
  }
  // More than a healthy directory ever has, so that a damaged one does not fill the memory.
  return root.bitmaps.size() > 2 || root.upCaseTables.size() > 1 || !root.problem.empty();
}

}  // namespace

RootDirectory readRootDirectory(const BlockReader& volume, const Geometry& geometry,
                                std::uint64_t most) {
  RootDirectory root;
  ClusterTable table(volume, geometry);
  const std::uint32_t limit =
      std::max(1U, geometry.clustersFor(std::min(most, kMostDirectoryBytes)));
  const ChainEnd end = followChain(table, geometry, geometry.rootCluster, limit,
                                   [&](std::uint32_t first, std::uint32_t count) {
                                     root.extents.push_back(geometry.clusters(first, count));
                                   });
  if (end != ChainEnd::Marked && most >= kMostDirectoryBytes) {
    root.problem = "the chain of its root directory is broken";
  }
  bool ended = false;
  for (const Extent& extent : root.extents) {
    for (std::uint64_t at = extent.offset; at < extent.end() && most != 0 && !ended;) {
      const std::uint64_t length = std::min(kPiece, extent.end() - at);
      const auto bytes = readBytes(volume, at, static_cast<std::size_t>(length));
      for (std::size_t i = 0; i + sizeof(GenericEntry) <= bytes.size() && !ended;
           i += sizeof(GenericEntry)) {
        ended = take(structAt<GenericEntry>(bytes, i), root);
      }
      at += length;
      most -= std::min(most, length);
    }
  }
  return root;
}

}  // namespace disktwin::fs::exfat
