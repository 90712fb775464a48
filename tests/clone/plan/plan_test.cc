// Plans as values: what is copied where, what is refused, and what makes two plans the same.
#include "clone/plan/plan.h"

#include <algorithm>
#include <functional>

#include "clone/plan/endpoint.h"
#include "clone/plan/fitted_layout.h"
#include "clone/plan/regions.h"
#include "platform/error.h"
#include "tests/support/catch.h"
#include "tests/support/sparse_disk.h"

using namespace disktwin;
using test::SparseDisk;

namespace {

constexpr std::uint64_t kDisk = 200 * MiB;

table::Partition partition(std::uint32_t number, std::uint64_t first, std::uint64_t count,
                           const char* type) {
  table::Partition out;
  out.number = number;
  out.firstLba = first;
  out.lbaCount = count;
  out.type = *table::Guid::parse(type);
  out.id.bytes.fill(static_cast<std::uint8_t>(number));
  return out;
}

constexpr const char* kLinux = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
constexpr const char* kBiosBoot = "21686148-6449-6E6F-744E-656564454649";

table::Layout layoutOf(std::vector<table::Partition> partitions, std::uint64_t bytes) {
  table::Layout layout;
  layout.kind = table::TableKind::Gpt;
  layout.sectorCount = bytes / 512;
  layout.gpt.diskId.bytes.fill(9);
  layout.gpt.firstUsableLba = 34;
  layout.mbr.entries[0] = {0, {}, 0xEE, {0xFF, 0xFF, 0xFF}, 1, 0};
  layout.mbr.entries[0].lbaCount = static_cast<std::uint32_t>(bytes / 512 - 1);
  layout.partitions = std::move(partitions);
  return table::relocated(layout, bytes / 512);
}

// A disk with a BIOS boot partition and a partition that nobody knows.
std::shared_ptr<SparseDisk> disk() {
  auto out = std::make_shared<SparseDisk>(kDisk);
  const auto layout =
      layoutOf({partition(1, 2048, 2048, kBiosBoot), partition(2, 204800, 102400, kLinux)}, kDisk);
  for (const table::TableBlock& block : table::encode(layout)) {
    out->put(block.offset, block.bytes);
  }
  const std::vector<std::byte> unknown(4096, std::byte{0x5A});
  out->put(100 * MiB, unknown);
  return out;
}

plan::Endpoint endpoint(const char* path, std::uint64_t size) {
  plan::Endpoint out;
  out.path = out.realPath = path;
  out.size = size;
  return out;
}

plan::Target targetOf(std::uint64_t size) {
  plan::Target out;
  static_cast<plan::Endpoint&>(out) = endpoint("target", size);
  return out;
}

plan::Plan planOf(const ReaderPtr& source, const plan::Target& target,
                  const plan::Request& request = {}) {
  return plan::planClone(plan::survey(source), endpoint("source", source->size()), target, request);
}

Error errorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::Failed, "", "nothing was thrown"};
}

const plan::Region* regionOf(const plan::Plan& plan, std::uint32_t partition) {
  for (const plan::Region& region : plan.regions) {
    if (region.partition == partition) return &region;
  }
  return nullptr;
}

}  // namespace

TEST_CASE(
    "an unknown partition is copied whole with a warning, a BIOS boot partition without one") {
  const plan::Plan plan = planOf(disk(), targetOf(kDisk));
  const plan::Region* boot = regionOf(plan, 1);
  const plan::Region* unknown = regionOf(plan, 2);
  REQUIRE(boot);
  REQUIRE(unknown);
  CHECK(boot->extents == ExtentSet{{MiB, MiB}});
  CHECK(unknown->extents == ExtentSet{{100 * MiB, 50 * MiB}});
  REQUIRE(plan.warnings.size() == 1);
  CHECK_THAT(plan.warnings[0], ContainsSubstring("partition 2") && ContainsSubstring("whole"));
}

TEST_CASE(
    "the space before the first partition is copied, the table in it and free space are not") {
  const plan::Plan plan = planOf(disk(), targetOf(kDisk));
  const plan::Region& gap = plan.regions.front();
  CHECK(gap.partition == 0);
  CHECK(gap.extents == ExtentSet{{34 * 512, MiB - 34 * 512}});
  for (const plan::Region& region : plan.regions) {
    CHECK_FALSE(region.extents.intersects({2 * MiB, 98 * MiB}));
    CHECK_FALSE(region.extents.intersects({150 * MiB, 50 * MiB}));
  }
}

TEST_CASE("of a long gap before the first partition only the start is copied, and said") {
  auto source = std::make_shared<SparseDisk>(kDisk);
  for (const auto& block : table::encode(layoutOf({partition(1, 300000, 2048, kLinux)}, kDisk))) {
    source->put(block.offset, block.bytes);
  }
  const plan::Plan plan = planOf(source, targetOf(kDisk));
  CHECK(plan.regions.front().extents.extents().back().end() == 64 * MiB);
  CHECK_THAT(plan.warnings.front(), ContainsSubstring("before its first partition"));
}

TEST_CASE("a larger target gets its backup table at its own end") {
  const plan::Plan plan = planOf(disk(), targetOf(3 * kDisk));
  CHECK(plan.targetLayout.gpt.backupLba == 3 * kDisk / 512 - 1);
  CHECK(plan.table.front().offset >= 3 * kDisk - 64 * KiB);
  CHECK(plan.table.back().offset == 0);
}

TEST_CASE("a smaller target is taken as long as the partitions fit, to the byte") {
  const std::uint64_t enough = 150 * MiB + 33 * 512;
  CHECK(planOf(disk(), targetOf(enough)).targetLayout.sectorCount == enough / 512);
  const Error error = errorOf([&] { planOf(disk(), targetOf(enough - 512)); });
  CHECK(error.kind() == ErrorKind::Refused);
  CHECK_THAT(error.detail(), ContainsSubstring("512 bytes"));
}

TEST_CASE("all sectors means every byte, in regions that do not overlap") {
  plan::Request request;
  request.allSectors = true;
  const plan::Plan plan = planOf(disk(), targetOf(kDisk), request);
  ExtentSet all;
  std::uint64_t sum = 0;
  for (const plan::Region& region : plan.regions) {
    all = unite(all, region.extents);
    sum += region.extents.bytes();
  }
  all = unite(all, table::tableExtents(plan.targetLayout));
  CHECK(all == ExtentSet{{0, kDisk}});
  CHECK(sum + table::tableExtents(plan.targetLayout).bytes() == kDisk);
}

TEST_CASE("data and table never share a byte of the target") {
  for (const bool allSectors : {false, true}) {
    plan::Request request;
    request.allSectors = allSectors;
    for (const std::uint64_t size : {kDisk, 160 * MiB, 2 * kDisk}) {
      const plan::Plan plan = planOf(disk(), targetOf(size), request);
      for (const plan::Region& region : plan.regions) {
        for (const Extent& extent : region.extents) {
          CHECK(region.targetOf(extent.offset) + extent.length <= size);
          CHECK_FALSE(table::tableExtents(plan.targetLayout)
                          .intersects({region.targetOf(extent.offset), extent.length}));
        }
      }
    }
  }
}

TEST_CASE("one partition goes into a partition at its start, with its marks last") {
  plan::Target target = targetOf(60 * MiB);
  target.kind = plan::EndpointKind::Partition;
  plan::Request request;
  request.partitions = {2};
  const plan::Plan plan = planOf(disk(), target, request);
  REQUIRE(plan.regions.size() == 1);
  CHECK(plan.regions[0].target == 0);
  CHECK(plan.table.empty());
  CHECK(plan.last == ExtentSet{{0, MiB}, {49 * MiB, MiB}});
  CHECK(plan.wipe.contains({59 * MiB, MiB}));

  target.size = 49 * MiB;
  CHECK(errorOf([&] { planOf(disk(), target, request); }).kind() == ErrorKind::Refused);
  request.partitions = {1, 2};
  CHECK(errorOf([&] { planOf(disk(), target, request); }).kind() == ErrorKind::Usage);
  CHECK(errorOf([&] { planOf(disk(), target); }).kind() == ErrorKind::Usage);
}

TEST_CASE("disks with other sectors are refused, files take any") {
  plan::Endpoint from = endpoint("source", kDisk);
  from.sectorSize = 512;
  plan::Target target = targetOf(kDisk);
  const plan::Survey found = plan::survey(disk());
  CHECK_NOTHROW(plan::planClone(found, from, target, {}));
  target.sectorSize = 4096;
  const Error error = errorOf([&] { plan::planClone(found, from, target, {}); });
  CHECK(error.kind() == ErrorKind::Refused);
  CHECK_THAT(error.what(), ContainsSubstring("sectors of 4096 bytes"));
  CHECK_THAT(error.what(), ContainsSubstring("partition 1 (BIOS boot): it belongs to a boot loader"));
  CHECK_THAT(error.what(), ContainsSubstring("partition 2"));
}

TEST_CASE("a table that contradicts itself is an error, and is copied as it stands on request") {
  auto source = disk();
  const std::vector<std::byte> garbage(64, std::byte{0xEE});
  source->put(512, garbage);
  source->put(kDisk - 512, garbage);
  const auto clone = [&](bool allSectors) {
    plan::Request request;
    request.allSectors = allSectors;
    return planOf(source, targetOf(kDisk), request);
  };
  const Error error = errorOf([&] { clone(false); });
  INFO(error.what());
  if (plan::survey(source).layout.kind != table::TableKind::None) {
    CHECK(error.kind() == ErrorKind::Invalid);
  }
  CHECK(clone(true).bytesToRead == kDisk);
}

TEST_CASE(
    "a volume that is mounted for writing is copied whole, one that is not is left to its map") {
  plan::Survey found = plan::survey(disk());
  for (plan::Volume& volume : found.volumes) {
    volume.uses.push_back(
        {Use::Kind::Mounted, "/dev/x", "mounted at /mnt", "/mnt", "umount /mnt", false});
  }
  const plan::Plan plan = plan::planClone(found, endpoint("s", kDisk), targetOf(kDisk), {});
  CHECK_THAT(regionOf(plan, 2)->why, ContainsSubstring("mounted at /mnt"));
}

TEST_CASE("no file is changed in the copy of a volume that is copied whole") {
  plan::Survey found = plan::survey(disk());
  plan::Request request;
  request.edits[2].push_back({"/etc/fstab", "", "nofail is added"});
  const plan::Plan plan = plan::planClone(found, endpoint("s", kDisk), targetOf(kDisk), request);
  CHECK(regionOf(plan, 2)->how == plan::How::All);
  CHECK(regionOf(plan, 2)->edits.empty());
  CHECK(std::any_of(plan.warnings.begin(), plan.warnings.end(), [](const std::string& text) {
    return text.find("its files are not changed") != std::string::npos;
  }));
}

TEST_CASE("what is placed anew begins where the target likes it") {
  CHECK(plan::alignmentFor(0) == MiB);
  CHECK(plan::alignmentFor(4096) == MiB);
  CHECK(plan::alignmentFor(4 * MiB) == 4 * MiB);
  CHECK(plan::alignmentFor(1536 * KiB) == 3 * MiB);
  CHECK(plan::alignmentFor(65535 * 512ULL) == MiB);
  CHECK(plan::alignmentFor(1024 * MiB) == MiB);

  const plan::Survey found = plan::survey(disk());
  plan::Target target = targetOf(2 * kDisk);
  plan::Request request;
  request.fit.mode = plan::FitRequest::Mode::Auto;
  request.partitions = {2};
  for (const std::uint64_t optimal : {std::uint64_t{0}, 7 * MiB}) {
    target.optimalIo = optimal;
    const plan::Plan plan = plan::planClone(found, endpoint("s", kDisk), target, request);
    const std::uint64_t at = regionOf(plan, 2)->target;
    CHECK(at != regionOf(plan, 2)->source.offset);
    CHECK(at % plan::alignmentFor(optimal) == 0);
  }
}

TEST_CASE("the id of a plan changes with source, target, what is lost and what is copied") {
  const plan::Survey found = plan::survey(disk());
  const auto id = [&](const char* from, std::uint64_t size, const char* lost, bool allSectors) {
    plan::Target target = targetOf(size);
    if (*lost) target.contents.push_back(lost);
    plan::Request request;
    request.allSectors = allSectors;
    return plan::planClone(found, endpoint(from, kDisk), target, request).id;
  };
  const std::string first = id("a", kDisk, "", false);
  CHECK(first.size() == 16);
  CHECK(first == id("a", kDisk, "", false));
  CHECK(first != id("b", kDisk, "", false));
  CHECK(first != id("a", kDisk + MiB, "", false));
  CHECK(first != id("a", kDisk, "partition 1", false));
  CHECK(first != id("a", kDisk, "", true));
}

TEST_CASE("hardware is known by its serial number, not by the name of today") {
  plan::Endpoint a = endpoint("/dev/sda", 100);
  a.kind = plan::EndpointKind::Disk;
  a.serial = "S5Y1";
  plan::Endpoint b = a;
  b.path = b.realPath = "/dev/sdb";
  CHECK(a.identity() == b.identity());
  b.serial = "S5Y2";
  CHECK(a.identity() != b.identity());
  a.serial.clear();
  b.serial.clear();
  CHECK(a.identity() != b.identity());
}

TEST_CASE("marks are looked for at both ends and where Btrfs keeps its copies") {
  plan::Volume volume;
  volume.bytes = {0, 300 * GiB};
  const ExtentSet areas = plan::signatureAreas(volume, volume.bytes.length);
  CHECK(areas.contains({0, MiB}));
  CHECK(areas.contains({300 * GiB - MiB, MiB}));
  CHECK(areas.contains({64 * MiB, 4096}));
  CHECK(areas.contains({256 * GiB, 4096}));
  CHECK(plan::signatureAreas(volume, 4096) == ExtentSet{{0, 4096}});
}
