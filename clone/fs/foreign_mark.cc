#include "clone/fs/foreign_mark.h"

#include <algorithm>

#include "clone/io/endian.h"

namespace disktwin::fs {
namespace {

using namespace std::string_view_literals;

struct Mark {
  const char* name;
  std::uint64_t offset;
  std::string_view bytes;
  std::string_view type = {};  // whose own mark it is
};

// Offsets and bytes as libblkid has them.
constexpr Mark kMarks[] = {
    {"LVM", 24, "LVM2 001"sv},
    {"LVM", 512 + 24, "LVM2 001"sv},
    {"a RAID member", 0, "\xFC\x4E\x2B\xA9"sv},
    {"a RAID member", 4096, "\xFC\x4E\x2B\xA9"sv},
    {"bcache", 4096 + 24, "\xC6\x85\x73\xF6\x4E\x1A\x45\xCA\x82\x65\xF5\x7F\x48\xBA\x6D\x81"sv},
    {"bcachefs", 4096 + 24, "\xC6\x85\x73\xF6\x66\xCE\x90\xA9\xD9\x6A\x60\xCF\x80\x3D\xF7\xEF"sv},
    // The name of the first pair in the list that every label of ZFS begins with.
    {"ZFS", 16384 + 24, "version"sv},
    {"JFS", 32768, "JFS1"sv},
    {"ReiserFS", 8192 + 52, "ReIsEr"sv},
    {"ReiserFS", 65536 + 52, "ReIsEr"sv},
    {"Reiser4", 65536, "ReIsEr4"sv},
    {"Btrfs", 65536 + 64, "_BHRfS_M"sv, "btrfs"sv},
    {"GFS2", 65536, "\x01\x16\x19\x70"sv},
    {"OCFS2", 4096, "OCFSV2"sv},
    {"OCFS2", 8192, "OCFSV2"sv},
    {"UFS", 8192 + 1372, "\x54\x19\x01\x00"sv},
    {"UFS", 65536 + 1372, "\x54\x19\x01\x00"sv},
    {"UFS", 8192 + 1372, "\x19\x01\x54\x19"sv},
    {"UFS", 65536 + 1372, "\x19\x01\x54\x19"sv},
    {"an ISO 9660 file system", 32768 + 1, "CD001"sv},
    {"LUKS (second header)", 16384, "SKUL\xBA\xBE"sv, "crypto_LUKS"sv},
    {"LUKS (second header)", 32768, "SKUL\xBA\xBE"sv, "crypto_LUKS"sv},
};

bool bears(const BlockReader& volume, const Mark& mark) {
  if (!extentFits(mark.offset, mark.bytes.size(), volume.size())) return false;
  const auto found = readBytes(volume, mark.offset, mark.bytes.size());
  return std::ranges::equal(found, std::as_bytes(std::span(mark.bytes)));
}

// ZFS keeps 128 KiB of uberblocks, of which any may be the first in use.
bool bearsUberblock(const BlockReader& volume) {
  constexpr std::uint64_t kRing = 128 * KiB;
  constexpr std::uint64_t kMagic = 0x00BAB10C;
  if (!extentFits(kRing, kRing, volume.size())) return false;
  const auto ring = readBytes(volume, kRing, kRing);
  for (std::size_t at = 0; at < ring.size(); at += KiB) {
    if (structAt<le64>(ring, at) == kMagic || structAt<be64>(ring, at) == kMagic) return true;
  }
  return false;
}

}  // namespace

std::string foreignMark(const BlockReader& volume, std::string_view type) {
  for (const Mark& mark : kMarks) {
    if ((mark.type.empty() || mark.type != type) && bears(volume, mark)) return mark.name;
  }
  return bearsUberblock(volume) ? "ZFS" : std::string();
}

}  // namespace disktwin::fs
