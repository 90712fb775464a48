#include "tests/gui/gallery_data.h"

#include <algorithm>

namespace disktwin::gui::test {
namespace {

constexpr std::uint64_t MiB = 1 << 20;
constexpr std::uint64_t GiB = 1 << 30;

// Behind the last one.
void add(Disk& disk, const char* name, const char* filesystem, const char* role, std::uint64_t size,
         std::uint64_t used) {
  Partition part;
  part.number = static_cast<std::uint32_t>(disk.partitions.size() + 1);
  part.offset =
      disk.partitions.empty() ? MiB : disk.partitions.back().offset + disk.partitions.back().size;
  part.name = name;
  part.filesystem = filesystem;
  part.role = role;
  part.size = size;
  if (used > 0) part.used = used;
  disk.partitions.push_back(part);
}

Disk disk(const char* path, const char* model, const char* serial, const char* bus,
          std::uint64_t size) {
  Disk out;
  out.path = path;
  out.byId = std::string("/dev/disk/by-id/") + bus + '-' + serial;
  out.model = model;
  out.serial = serial;
  out.bus = bus;
  out.size = size;
  out.sectorSize = 512;
  out.table = "gpt";
  return out;
}

FitPart fitPart(const Partition& from, std::uint64_t smallest, bool canGrow, std::uint64_t after,
                const char* whyRigid) {
  FitPart out;
  out.number = from.number;
  out.title = from.title();
  out.filesystem = from.filesystem;
  out.role = from.role;
  out.before = from.size;
  out.used = from.used.value_or(0);
  out.smallest = smallest;
  out.canGrow = canGrow;
  out.after = after;
  out.whyRigid = whyRigid;
  return out;
}

}  // namespace

Disk laptopDisk() {
  Disk out = disk("/dev/nvme0n1", "Samsung SSD 970 EVO Plus 500GB", "S4EWNX0N812345K", "nvme",
                  512110190592);
  add(out, "EFI", "vfat", "EFI system", 260 * MiB, 36 * MiB);
  add(out, "Microsoft reserved", "", "reserved", 16 * MiB, 0);
  add(out, "Windows", "ntfs", "OS", 290 * GiB, 148 * GiB);
  add(out, "Recovery", "ntfs", "recovery", 980 * MiB, 610 * MiB);
  add(out, "debian-root", "ext4", "OS", 120 * GiB, 41 * GiB);
  add(out, "swap", "swap", "swap", 8 * GiB, 0);
  return out;
}

Disk smallSsd() {
  Disk out = disk("/dev/sda", "CT250MX500SSD1", "1931E21F4B6A", "sata", 250059350016);
  add(out, "EFI", "vfat", "EFI system", 512 * MiB, 12 * MiB);
  add(out, "root", "btrfs", "OS", 60 * GiB, 22 * GiB);
  add(out, "home", "xfs", "data", 140 * GiB, 96 * GiB);
  return out;
}

Disk largeSsd() {
  return disk("/dev/sdd", "CT1000MX500SSD1", "2045E4C3A1F7", "sata", 1000204886016);
}

Disk usbStick() {
  Disk out = disk("/dev/sdc", "SanDisk Ultra", "4C530001230809117", "usb", 30752000000);
  out.removable = true;
  out.table = "mbr";
  add(out, "PHOTOS", "exfat", "data", 28 * GiB, 19 * GiB);
  out.partitions.back().mountedAt = {"/media/PHOTOS"};
  return out;
}

Disk unreadableDisk() {
  Disk out = disk("/dev/sdb", "ST2000DM008-2FR102", "ZFL0A1B2", "sata", 2000398934016);
  out.rotational = true;
  out.table.clear();
  out.unreadable = "input/output error";
  return out;
}

Disk savedDisk() {
  Disk out = laptopDisk();
  out.kind = DiskKind::Image;
  out.path = "/media/backup/laptop-2026-11-02.dtwin";
  out.byId.clear();
  return out;
}

std::vector<DiskList::Entry> someDisks() {
  return {{laptopDisk(), ""},
          {smallSsd(), ""},
          {usbStick(),
           "It is in use: /media/PHOTOS is mounted from it. Close what uses it and eject it in "
           "the file manager."},
          {unreadableDisk(), ""}};
}

namespace {

// The laptop's disk on one of that size, where so much is proposed for debian-root; Windows gets
// what is left.
Fitting fittingOnto(const Disk& target, std::uint64_t root) {
  const std::vector<Partition> parts = laptopDisk().partitions;
  const std::uint64_t room = target.size / MiB * MiB - 2 * MiB;
  const std::uint64_t rigid = 260 * MiB + 16 * MiB + 980 * MiB + 8 * GiB;
  const std::uint64_t windows = (room - rigid - root) / MiB * MiB;
  return Fitting({fitPart(parts[0], parts[0].size, false, parts[0].size,
                          "FAT of this kind cannot be made larger, and does not need to be."),
                  fitPart(parts[1], parts[1].size, false, parts[1].size, ""),
                  fitPart(parts[2], 151 * GiB, true, windows, ""),
                  fitPart(parts[3], parts[3].size, false, parts[3].size,
                          "The recovery partition keeps its size, or Windows would not find it."),
                  fitPart(parts[4], 44 * GiB, true, root, ""),
                  fitPart(parts[5], parts[5].size, false, parts[5].size, "")},
                 room);
}

}  // namespace

Fitting someFitting() {
  return fittingOnto(smallSsd(), 66 * GiB);
}

Fitting someLargerFitting() {
  return fittingOnto(largeSsd(), 200 * GiB);
}

}  // namespace disktwin::gui::test
