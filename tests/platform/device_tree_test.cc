// Stacks of devices that the machine running this need not have.
#include "platform/device_tree.h"

#include <sys/sysmacros.h>

#include "platform/usage.h"
#include "tests/support/catch.h"
#include "tests/support/fake_system.h"

using namespace disktwin;

namespace {

// sda with two partitions; LVM on LUKS on the second.
void makeLaptop(test::FakeSystem& system) {
  system.device("sda", "8:0", 1000000);
  system.write("sys/class/block/sda/queue/logical_block_size", "512\n");
  system.write("sys/class/block/sda/queue/physical_block_size", "4096\n");
  system.write("sys/class/block/sda/queue/optimal_io_size", "1572864\n");
  system.write("sys/class/block/sda/device/vendor", "ATA     \n");
  system.write("sys/class/block/sda/device/model", "Samsung SSD 870 \n");
  system.write("run/udev/data/b8:0",
               "S:disk/by-id/x\nE:ID_SERIAL_SHORT=S5Y1NJ0R\nE:ID_WWN=0x5002\n");
  system.partition("sda", "sda1", "8:1", 1, 2048, 100000);
  system.partition("sda", "sda2", "8:2", 2, 102048, 800000);
  system.mapping("dm-0", "253:0", 799000, "crypt", "CRYPT-LUKS2-abc-crypt", "sda2");
  system.mapping("dm-1", "253:1", 700000, "vg-root", "LVM-abcdef", "dm-0");
}

const BlockDevice& device(const DeviceTree& tree, const std::string& name) {
  const BlockDevice* found = tree.byName(name);
  REQUIRE(found);
  return *found;
}

bool anyUse(const std::vector<BaseExtent>& a, const DeviceTree& tree, const std::string& name) {
  return overlap(a, tree.baseOf(device(tree, name)));
}

}  // namespace

TEST_CASE("disks are described by sysfs and udev") {
  test::FakeSystem system;
  makeLaptop(system);
  const DeviceTree tree = DeviceTree::read(system.roots());
  const BlockDevice& sda = device(tree, "sda");
  CHECK(sda.model == "Samsung SSD 870");
  CHECK(sda.serial == "S5Y1NJ0R");
  CHECK(sda.wwn == "0x5002");
  CHECK(sda.size == 1000000 * 512ULL);
  CHECK(sda.physicalSector == 4096);
  CHECK(sda.optimalIo == 1572864);
  const BlockDevice& sda2 = device(tree, "sda2");
  CHECK(sda2.disk == "sda");
  CHECK(sda2.partitionNumber == 2);
  CHECK(sda2.partitionStart == 102048 * 512ULL);
}

TEST_CASE("what the kernel does not want to tell of a disk is left out") {
  test::FakeSystem system;
  makeLaptop(system);
  system.device("sdb", "8:16", 1000000);
  // A folder can be opened but not read, as device/wwid of a SCSI disk without one.
  system.write("sys/class/block/sdb/device/wwid/inside", "\n");
  system.write("sys/class/block/sdb/device/model", "Other disk\n");
  const DeviceTree tree = DeviceTree::read(system.roots());
  CHECK(device(tree, "sdb").wwn.empty());
  CHECK(device(tree, "sdb").model == "Other disk");
}

TEST_CASE("a mapping shares data with the partition and disk far below it, and with no other") {
  test::FakeSystem system;
  makeLaptop(system);
  const DeviceTree tree = DeviceTree::read(system.roots());
  const auto root = tree.baseOf(device(tree, "dm-1"));
  CHECK(anyUse(root, tree, "dm-0"));
  CHECK(anyUse(root, tree, "sda2"));
  CHECK(anyUse(root, tree, "sda"));
  CHECK_FALSE(anyUse(root, tree, "sda1"));
  CHECK(anyUse(tree.baseOf(device(tree, "sda1")), tree, "sda"));
  CHECK_FALSE(anyUse(tree.baseOf(device(tree, "sda1")), tree, "sda2"));
}

TEST_CASE("a chain of mappings that loops ends") {
  test::FakeSystem system;
  system.mapping("dm-0", "253:0", 1000, "a", "LVM-a", "dm-1");
  system.mapping("dm-1", "253:1", 1000, "b", "LVM-b", "dm-0");
  const DeviceTree tree = DeviceTree::read(system.roots());
  CHECK_FALSE(tree.baseOf(device(tree, "dm-0")).empty());
}

TEST_CASE("a loop device shares data with its file, a partial one only with that part") {
  test::FakeSystem system;
  system.write("disk.img", std::string(1 << 20, 'x'));
  for (int i = 0; i < 3; ++i) {
    const std::string name = "loop" + std::to_string(i);
    system.device(name, "7:" + std::to_string(i), 1024);
    system.write("sys/class/block/" + name + "/loop/backing_file", system.path("disk.img") + "\n");
  }
  system.write("sys/class/block/loop1/loop/offset", "524288\n");
  system.write("sys/class/block/loop2/loop/offset", "262144\n");
  const DeviceTree tree = DeviceTree::read(system.roots());
  CHECK(overlap(tree.baseOf(device(tree, "loop0")), tree.baseOf(system.path("disk.img"))));
  CHECK_FALSE(anyUse(tree.baseOf(device(tree, "loop0")), tree, "loop1"));
  CHECK(anyUse(tree.baseOf(device(tree, "loop0")), tree, "loop2"));
  CHECK(device(tree, "loop0").bus == "loop");
}

TEST_CASE("mounts are read with their odd characters, and read-only ones are known") {
  test::FakeSystem system;
  system.write("proc/self/mountinfo",
               "27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,discard\n"
               "28 27 8:2 / /mnt/my\\040disk rw - ext4 /dev/sda2 ro\n"
               "29 27 0:40 / /data ro master:1 - btrfs /dev/sdb rw,subvol=/\n"
               "garbage\n\n");
  const auto mounts = readMounts(system.roots());
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0].device == ::makedev(8, 1));
  CHECK_FALSE(mounts[0].readOnly);
  CHECK(mounts[1].point == "/mnt/my disk");
  CHECK(mounts[1].readOnly);
  // A read-only view of a file system that is mounted for writing elsewhere is not read-only.
  CHECK_FALSE(mounts[2].readOnly);
}
