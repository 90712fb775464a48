#include "clone/fs/lvm/foreign.h"

#include "clone/fs/foreign_mark.h"
#include "clone/io/endian.h"

namespace disktwin::fs::lvm {
namespace {

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
  std::string mark = foreignMark(volume, type);
  if (mark.empty() && bearsTable(volume, type)) mark = "a partition table";
  return mark;
}

}  // namespace disktwin::fs::lvm
