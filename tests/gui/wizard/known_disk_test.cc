#include "gui/wizard/known_disk.h"

#include "tests/support/catch.h"

using namespace disktwin::gui;

namespace {

Partition part(std::uint32_t number, std::uint64_t offset, std::uint64_t size) {
  Partition out;
  out.number = number;
  out.offset = offset;
  out.size = size;
  return out;
}

// Looked into before: two partitions, and a system.
Disk looked() {
  Disk out;
  out.path = "/dev/sdb";
  out.table = "gpt";
  out.partitions = {part(1, 1 << 20, 1 << 20), part(2, 2 << 20, 4 << 20)};
  out.partitions[0].filesystem = "vfat";
  out.partitions[1].filesystem = "ext4";
  out.systemsSought = true;
  out.systems = {{1, "linux", "Debian", "12", "", {1, 2}}};
  return out;
}

// The same for who may not read it.
Disk listed() {
  Disk out = looked();
  out.table.clear();
  out.unreadable = "no permission";
  out.systemsSought = false;
  out.systems.clear();
  for (Partition& p : out.partitions) p.filesystem.clear();
  return out;
}

}  // namespace

TEST_CASE("what was seen inside stays known, with the uses of now") {
  Disk now = listed();
  now.partitions[1].mountedAt = {"/media/stick"};
  now.partitions[1].isWritten = true;
  const Disk out = asKnown(now, looked());
  CHECK(out.unreadable.empty());
  CHECK(out.systems.size() == 1);
  CHECK(out.partitions[1].filesystem == "ext4");
  CHECK(out.partitions[1].mountedAt == std::vector<std::string>{"/media/stick"});
  CHECK(out.partitions[1].isWritten);
}

TEST_CASE("of other partitions nothing is known any more") {
  Disk moved = listed();
  moved.partitions[1].offset += 512;
  CHECK(asKnown(moved, looked()).unreadable == "no permission");
  Disk fewer = listed();
  fewer.partitions.pop_back();
  CHECK(asKnown(fewer, looked()).unreadable == "no permission");
  Disk more = listed();
  more.partitions.push_back(part(3, 8 << 20, 1 << 20));
  more.partitions.back().mountedAt = {"/media/new"};
  CHECK(asKnown(more, looked()).partitions.size() == 3);
}

TEST_CASE("what only the kernel shows of a table is no other partition") {
  Disk extended = listed();
  extended.partitions.push_back(part(4, 8 << 20, 1024));
  CHECK(asKnown(extended, looked()).systems.size() == 1);
  Disk bare = looked();
  bare.partitions.clear();
  Disk whole = listed();
  whole.partitions = {part(0, 0, 64 << 20)};
  CHECK(asKnown(whole, bare).unreadable.empty());
}

TEST_CASE("a list that tells as much is what counts") {
  Disk now = looked();
  now.systems.clear();
  CHECK(asKnown(now, looked()).systems.empty());
  // One that could read all but the files knows less of systems.
  now.systemsSought = false;
  CHECK(asKnown(now, looked()).systems.size() == 1);
  Disk blind = listed();
  CHECK(asKnown(now, blind).unreadable.empty());
}

TEST_CASE("a partition that nobody can look into leaves room for doubt") {
  Disk disk = looked();
  CHECK(!isPartlyUnknown(disk));
  disk.partitions[1].role = "unknown";
  CHECK(isPartlyUnknown(disk));
}
