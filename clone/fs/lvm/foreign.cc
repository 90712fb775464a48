#include "clone/fs/lvm/foreign.h"

#include <algorithm>

#include "clone/io/endian.h"

namespace disktwin::fs::lvm {
namespace {

using namespace std::string_view_literals;

struct Mark {
  const char* name;
  std::uint64_t offset;
  std::string_view bytes;
};

// Formats that leave the superblocks of others alone: offsets and bytes as libblkid has them.
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
    {"ReiserFS", 65536 + 52, "ReIsEr"sv},
    {"GFS2", 65536, "\x01\x16\x19\x70"sv},
    {"OCFS2", 4096, "OCFSV2"sv},
    {"OCFS2", 8192, "OCFSV2"sv},
    {"UFS", 8192 + 1372, "\x54\x19\x01\x00"sv},
    {"UFS", 65536 + 1372, "\x54\x19\x01\x00"sv},
    {"an ISO 9660 file system", 32768 + 1, "CD001"sv},
};

bool bears(const BlockReader& volume, const Mark& mark) {
  if (!extentFits(mark.offset, mark.bytes.size(), volume.size())) return false;
  const auto found = readBytes(volume, mark.offset, mark.bytes.size());
  return std::ranges::equal(found, std::as_bytes(std::span(mark.bytes)));
}

// A virtual machine's disk: partitions over a filesystem whose superblock the table does not touch.
// Boot sectors of FAT, exFAT and NTFS bear the same mark and have code where a table would be.
bool bearsTable(const BlockReader& volume, std::string_view type) {
  if (type == "vfat" || type == "exfat" || type == "ntfs") return false;
  if (volume.size() < 1024) return false;
  const auto sectors = readBytes(volume, 0, 1024);
  if (structAt<le64>(sectors, 512) == 0x5452415020494645) return true;  // "EFI PART"
  if (structAt<le16>(sectors, 510) != 0xAA55) return false;
  for (std::size_t entry = 446; entry < 510; entry += 16) {
    if (sectors[entry + 4] != std::byte{0}) return true;
  }
  return false;
}

}  // namespace

std::string findForeign(const BlockReader& volume, std::string_view type) {
  for (const Mark& mark : kMarks) {
    if (bears(volume, mark)) return mark.name;
  }
  return bearsTable(volume, type) ? "a partition table" : std::string();
}

}  // namespace disktwin::fs::lvm
