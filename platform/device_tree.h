// The block devices of this machine and how they stand on each other: partitions on disks, mappings
// on partitions, loop devices on files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/extent.h"

namespace disktwin {

// Where the kernel's descriptions are found. Tests put made-up trees here.
struct SystemRoots {
  std::string sys = "/sys";
  std::string proc = "/proc";
  std::string dev = "/dev";
  std::string run = "/run";
};

struct BlockDevice {
  std::string name;                    // "sda1", "dm-0"
  std::string path;                    // "/dev/sda1"
  std::uint64_t number = 0;            // dev_t
  std::uint64_t size = 0;              // bytes
  std::uint32_t logicalSector = 512;   // bytes
  std::uint32_t physicalSector = 512;  // bytes
  std::uint64_t optimalIo = 0;         // what it likes to be written in, bytes; 0: not said
  bool readOnly = false;
  bool removable = false;
  bool rotational = false;

  std::string disk;                   // of a partition: the name of its disk
  std::uint32_t partitionNumber = 0;  // of a partition
  std::uint64_t partitionStart = 0;   // of a partition: bytes from its disk's start

  std::vector<std::string> slaves;  // what a device-mapper or RAID device stands on, by name
  std::string dmName;               // "vg-root", "cryptroot"
  std::string dmUuid;               // "LVM-...", "CRYPT-LUKS2-..."
  std::string raidLevel;            // "raid1"

  std::string loopFile;             // of a loop device: what it shows
  std::uint64_t loopOffset = 0;     // bytes
  std::uint64_t loopSizeLimit = 0;  // bytes, 0: to the end
  // The file itself, whatever it is called now; 0 when the kernel does not say (not root).
  std::uint64_t loopFileDevice = 0;  // dev_t
  std::uint64_t loopFileInode = 0;
  std::uint64_t loopBlockDevice = 0;  // dev_t, when what it shows is itself a device

  // Of a disk; empty where the device does not tell.
  std::string model;
  std::string serial;
  std::string wwn;
  std::string bus;  // "nvme", "usb", "sata", "scsi", "virtio", "mmc", "loop", ...

  bool isPartition() const { return !disk.empty(); }
  bool isMapping() const { return !dmName.empty() || !raidLevel.empty(); }
  bool isLoop() const { return !loopFile.empty(); }
};

// Bytes of something that stands on nothing else: a disk ("disk 8:0") or a regular file
// ("file 259:1:4711", device and inode). Two things share data when they share such bytes.
struct BaseExtent {
  std::string base;
  Extent extent;
};

class DeviceTree {
 public:
  // Reads the state of now; a snapshot, immutable afterwards. Devices that vanish meanwhile are
  // left out. Never throws for what it finds.
  static DeviceTree read(const SystemRoots& roots = {});

  const std::vector<BlockDevice>& devices() const { return devices_; }
  const BlockDevice* byName(const std::string& name) const;
  const BlockDevice* byNumber(std::uint64_t number) const;
  // The device that `path` leads to, through any links; null for a regular file or nothing.
  const BlockDevice* byPath(const std::string& path) const;

  // What the thing at `path` stands on in the end. Empty when it does not exist.
  std::vector<BaseExtent> baseOf(const std::string& path) const;
  std::vector<BaseExtent> baseOf(const BlockDevice& device) const;

  // The device that a loop device shows; null when it shows a regular file.
  const BlockDevice* loopUnder(const BlockDevice& loop) const;

  // Whether a folder is where device nodes lie: a name that is missing there is a missing device.
  // (/dev/shm, a file system of its own, is not.)
  bool isDeviceFolder(const std::string& folder) const;

  // The names under /dev/disk/by-id that lead to the device, the most telling first.
  std::vector<std::string> persistentNames(const BlockDevice& device) const;

  const SystemRoots& roots() const { return roots_; }

 private:
  void flatten(const BlockDevice& device, Extent part, int depth,
               std::vector<BaseExtent>& out) const;

  SystemRoots roots_;
  std::vector<BlockDevice> devices_;
};

bool overlap(const std::vector<BaseExtent>& a, const std::vector<BaseExtent>& b);

}  // namespace disktwin
