#include "clone/fs/fat/label.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "clone/fs/fat/directory_entry.h"
#include "clone/fs/fat/table.h"

namespace disktwin::fs::fat {
namespace {

using Name = ShortName;

// The label is nearly always the first entry. A root directory is not read beyond this, because
// labels are wanted whenever disks are listed.
constexpr std::uint64_t kMostRead = 256 * KiB;

// Code page 850, from 0x80 on: what mkfs.fat and Western European Windows write. The volume does
// not say which code page it is.
constexpr char16_t kUpperHalf[128] = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00F8, 0x00A3, 0x00D8, 0x00D7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
    0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x00AE, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x00C1, 0x00C2, 0x00C0, 0x00A9, 0x2563, 0x2551, 0x2557,
    0x255D, 0x00A2, 0x00A5, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x00E3, 0x00C3,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x00A4, 0x00F0, 0x00D0, 0x00CA, 0x00CB,
    0x00C8, 0x0131, 0x00CD, 0x00CE, 0x00CF, 0x2518, 0x250C, 0x2588, 0x2584, 0x00A6, 0x00CC, 0x2580,
    0x00D3, 0x00DF, 0x00D4, 0x00D2, 0x00F5, 0x00D5, 0x00B5, 0x00FE, 0x00DE, 0x00DA, 0x00DB, 0x00D9,
    0x00FD, 0x00DD, 0x00AF, 0x00B4, 0x00AD, 0x00B1, 0x2017, 0x00BE, 0x00B6, 0x00A7, 0x00F7, 0x00B8,
    0x00B0, 0x00A8, 0x00B7, 0x00B9, 0x00B3, 0x00B2, 0x25A0, 0x00A0,
};

void append(std::string& out, unsigned char byte) {
  const unsigned unit = byte < 0x80 ? byte : kUpperHalf[byte - 0x80];
  if (unit < 0x20) {
    out += '?';
  } else if (unit < 0x80) {
    out += static_cast<char>(unit);
  } else if (unit < 0x800) {
    out += static_cast<char>(0xC0 | unit >> 6);
    out += static_cast<char>(0x80 | (unit & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | unit >> 12);
    out += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (unit & 0x3F));
  }
}

std::string toText(const Name& name) {
  std::string_view raw(name.data(), name.size());
  raw = raw.substr(0, raw.find('\0'));
  while (raw.ends_with(' ')) raw.remove_suffix(1);
  if (raw == "NO NAME") return {};  // what the formatters write for none
  std::string out;
  // A name whose first byte really is 0xE5 is stored with 0x05, because 0xE5 means deleted.
  for (const char c : raw) {
    append(out, out.empty() && c == 0x05 ? 0xE5 : static_cast<unsigned char>(c));
  }
  return out;
}

// What one stretch of a directory says.
struct Search {
  std::optional<Name> label;
  bool ended = false;
};

Search searchEntries(const BlockReader& volume, Extent part) {
  const auto bytes = readBytes(volume, part.offset, static_cast<std::size_t>(part.length));
  for (std::size_t at = 0; at + sizeof(DirectoryEntry) <= bytes.size();
       at += sizeof(DirectoryEntry)) {
    const auto entry = structAt<DirectoryEntry>(bytes, at);
    if (entry.name[0] == 0) return {{}, true};
    if (entry.isDeleted()) continue;
    if ((entry.attributes & 0x3F) == kLongName) continue;
    if (entry.clusterHigh != 0 || entry.clusterLow != 0) continue;
    if ((entry.attributes & (kVolumeId | kDirectory)) == kVolumeId) return {entry.name, true};
  }
  return {};
}

std::optional<Name> searchRoot(const BlockReader& volume, const Geometry& g) {
  if (g.bits != 32) {
    return searchEntries(volume, {g.oldRoot.offset, std::min(g.oldRoot.length, kMostRead)}).label;
  }
  std::uint32_t cluster = g.rootCluster;
  for (std::uint64_t left = kMostRead; left != 0 && g.isCluster(cluster);) {
    Extent part = g.clusters(cluster, 1);
    part.length = std::min(part.length, left);
    const Search found = searchEntries(volume, part);
    if (found.ended) return found.label;
    left -= part.length;
    cluster = readEntry(volume, g, cluster) & g.entryMask();
  }
  return {};
}

}  // namespace

std::string readLabel(const BlockReader& volume, const Geometry& geometry) {
  if (geometry.problem.empty()) {
    const std::optional<Name> found = searchRoot(volume, geometry);
    if (found) {
      std::string text = toText(*found);
      if (!text.empty()) return text;
    }
  }
  return toText(geometry.label);
}

}  // namespace disktwin::fs::fat
