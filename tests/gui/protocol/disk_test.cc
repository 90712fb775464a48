#include "gui/protocol/disk.h"

#include "gui/protocol/plan.h"
#include "tests/support/catch.h"

using namespace disktwin::gui;
using nlohmann::json;

TEST_CASE("a disk is taken from its event") {
  const json event = json::parse(R"({"event":"disks","disks":[{"path":"/dev/sda",
      "by_id":"/dev/disk/by-id/ata-X_1","model":"X","serial":"1","bus":"sata","size":1000,
      "sector_size":512,"read_only":false,"removable":true,"rotational":true,"table":"gpt",
      "partitions":[{"number":2,"offset":100,"size":800,"role":"OS","type_name":"Linux",
        "filesystem":{"type":"ext4","label":"root","used":300,"state":"clean"},
        "uses":[{"how":"mounted at /home","mount_point":"/home","read_only":false},
                {"how":"in use as swap"}]}],
      "systems":[{"number":1,"kind":"linux","name":"Debian","partitions":[{"number":2}]}]}]})");
  const std::vector<Disk> disks = disksFrom(event);
  REQUIRE(disks.size() == 1);
  const Disk& disk = disks.front();
  CHECK(disk.stableName() == "/dev/disk/by-id/ata-X_1");
  CHECK(disk.title() == "X");
  CHECK(disk.removable);
  REQUIRE(disk.partitions.size() == 1);
  const Partition& part = disk.partitions.front();
  CHECK(part.title() == "root");
  CHECK(part.used == 300);
  CHECK(part.mountedAt == std::vector<std::string>{"/home"});
  CHECK(part.isWritten);
  CHECK(part.usedBy == std::vector<std::string>{"in use as swap"});
  REQUIRE(disk.systems.size() == 1);
  CHECK(disk.systems.front().partitions == std::vector<std::uint32_t>{2});
}

TEST_CASE("a mount that nobody writes through is not written") {
  const Partition part = partitionFrom(
      json::parse(R"({"uses":[{"how":"mounted","mount_point":"/mnt","read_only":true}]})"));
  CHECK(!part.isWritten);
}

TEST_CASE("fields of other types, or none, are left at their defaults") {
  for (const char* text : {"{}", "[]", "null", "7", R"({"path":7,"size":"x","partitions":3})",
                           R"({"size":-5,"partitions":[7,null,{"uses":{"a":1}}],"systems":[[]]})",
                           R"({"size":1e300,"disks":"no"})"}) {
    const json fields = json::parse(text);
    const Disk disk = diskFrom(fields);
    CHECK(disk.path.empty());
    CHECK(disk.size == 0);
    disksFrom(fields);
    Plan plan;
    for (const char* event : {"plan", "limits", "bootability"}) plan.add(event, fields);
    CHECK(plan.id.empty());
  }
}

TEST_CASE("what lies in /dev is a device, but for files in memory") {
  CHECK(kindOf("/dev/sda") == DiskKind::Disk);
  CHECK(kindOf("/dev/disk/by-id/ata-X_1") == DiskKind::Disk);
  CHECK(kindOf("/dev/shm/disk.img") == DiskKind::File);
  CHECK(kindOf("/home/dev/disk.img") == DiskKind::File);
}
