#include "gui/protocol/disk.h"

#include <filesystem>

#include "gui/protocol/plan.h"
#include "tests/support/catch.h"
#include "tests/support/temp_folder.h"

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
  CHECK(disk.systemsSought);
  REQUIRE(disk.systems.size() == 1);
  CHECK(disk.systems.front().partitions == std::vector<std::uint32_t>{2});
}

TEST_CASE("no systems are not the same as that nobody looked for them") {
  CHECK(!diskFrom(json::parse(R"({"path":"/dev/sda"})")).systemsSought);
  CHECK(diskFrom(json::parse(R"({"path":"/dev/sda","systems":[]})")).systemsSought);
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

TEST_CASE("a device is told from a file by what is there, or else by its place") {
  CHECK(kindOf("/dev/no-such-device") == DiskKind::Disk);
  CHECK(kindOf("/dev/disk/by-id/no-such_1") == DiskKind::Disk);
  CHECK(kindOf("/home/dev/no-such.img") == DiskKind::File);
  CHECK(kindOf("/dev/shm/no-such.img") == DiskKind::File);
  CHECK(kindOf("/dev/null") == DiskKind::File);  // no disk, though below /dev
  CHECK(kindOf("/proc/self/exe") == DiskKind::File);
  for (const auto& entry : std::filesystem::directory_iterator("/dev")) {
    if (!entry.is_block_file()) continue;
    INFO(entry.path());
    CHECK(kindOf(entry.path()) == DiskKind::Disk);
    const disktwin::test::TempFolder folder;
    std::filesystem::create_symlink(entry.path(), folder.file("link"));
    CHECK(kindOf(folder.file("link")) == DiskKind::Disk);
    break;
  }
}
