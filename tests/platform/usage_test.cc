// Who uses a disk: LVM, encryption, RAID, swap, Btrfs members. The paths are those of a made-up
// /dev, so the devices are asked for by name.
#include "platform/usage.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/fake_system.h"

using namespace disktwin;

namespace {

std::vector<Use> usesOfDevice(const DeviceTree& tree, const std::string& name) {
  const BlockDevice* device = tree.byName(name);
  REQUIRE(device);
  return usesOf(tree, *device);
}

bool says(const std::vector<Use>& uses, const std::string& text) {
  return std::any_of(uses.begin(), uses.end(),
                     [&](const Use& use) { return use.how.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("a disk below LVM on LUKS is held by both, and mounted where the volume is") {
  test::FakeSystem system;
  system.device("sda", "8:0", 1000000);
  system.partition("sda", "sda1", "8:1", 1, 2048, 100000);
  system.partition("sda", "sda2", "8:2", 2, 102048, 800000);
  system.mapping("dm-0", "253:0", 799000, "crypt", "CRYPT-LUKS2-abc", "sda2");
  system.mapping("dm-1", "253:1", 700000, "vg-root", "LVM-abc", "dm-0");
  system.mapping("dm-2", "253:2", 700000, "cached", "", "dm-1");
  system.write("proc/self/mountinfo", "27 1 253:1 / / rw - ext4 /dev/mapper/vg-root rw\n");
  const DeviceTree tree = DeviceTree::read(system.roots());
  for (const char* name : {"sda", "sda2"}) {
    const auto uses = usesOfDevice(tree, name);
    CHECK(says(uses, "encrypted volume crypt"));
    CHECK(says(uses, "LVM volume vg-root"));
    CHECK(says(uses, "mounted at /"));
  }
  CHECK(usesOfDevice(tree, "sda1").empty());
  // What the volume stands on does not use it.
  const auto root = usesOfDevice(tree, "dm-1");
  CHECK(says(root, "mounted at /"));
  CHECK_FALSE(says(root, "encrypted"));
  CHECK(says(root, "device-mapper device cached"));
  CHECK_FALSE(says(usesOfDevice(tree, "dm-2"), "LVM"));
  CHECK_FALSE(says(usesOfDevice(tree, "dm-2"), "encrypted"));
}

TEST_CASE("a member of an array is held by it") {
  test::FakeSystem system;
  system.device("sdb", "8:16", 1000);
  system.device("md0", "9:0", 900);
  system.write("sys/class/block/md0/md/level", "raid1\n");
  system.write("sys/class/block/md0/slaves/sdb/dev", "");
  const DeviceTree tree = DeviceTree::read(system.roots());
  const auto uses = usesOfDevice(tree, "sdb");
  REQUIRE(uses.size() == 1);
  CHECK(uses[0].how.find("raid1") != std::string::npos);
  CHECK(uses[0].whatToDo.find("mdadm --stop") != std::string::npos);
}

TEST_CASE("every member of a mounted Btrfs is in use, not only the one that the mount names") {
  test::FakeSystem system;
  system.device("sdb", "8:16", 1000);
  system.device("sdc", "8:32", 1000);
  system.device("sdd", "8:48", 1000);
  system.write("sys/fs/btrfs/1234/devices/sdb/x", "");
  system.write("sys/fs/btrfs/1234/devices/sdc/x", "");
  const DeviceTree tree = DeviceTree::read(system.roots());
  CHECK(says(usesOfDevice(tree, "sdc"), "Btrfs"));
  CHECK(usesOfDevice(tree, "sdd").empty());
}

TEST_CASE("a file in use as swap is in use") {
  test::FakeSystem system;
  system.write("swapfile", "x");
  system.write("other", "x");
  system.write("proc/swaps", "Filename Type Size Used Priority\n" + system.path("swapfile") +
                                 " file 1024 0 -2\n");
  const DeviceTree tree = DeviceTree::read(system.roots());
  CHECK(says(usesOf(tree, system.path("swapfile")), "swap"));
  CHECK(usesOf(tree, system.path("other")).empty());
}

TEST_CASE("a file mounted through FUSE is in use, known by its path") {
  test::FakeSystem system;
  system.write("ntfs.img", "x");
  system.write("proc/self/mountinfo",
               "27 1 0:99 / /mnt rw - fuseblk " + system.path("ntfs.img") + " rw\n");
  const DeviceTree tree = DeviceTree::read(system.roots());
  CHECK(says(usesOf(tree, system.path("ntfs.img")), "mounted at /mnt"));
}
