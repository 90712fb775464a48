// A volume gets another size on the way, by its own tools, onto a target in memory that fails.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "clone/copy/clone.h"
#include "clone/fs/registry.h"
#include "clone/io/window.h"
#include "clone/plan/plan.h"
#include "clone/plan/survey.h"
#include "platform/error.h"
#include "platform/program.h"
#include "platform/virtual_file.h"
#include "tests/support/catch.h"
#include "tests/support/fault_disk.h"
#include "tests/support/memory_disk.h"
#include "tests/support/one_partition.h"
#include "tests/support/temp_folder.h"

using namespace disktwin;
using test::FaultDisk;
using test::MemoryDisk;
using test::noise;

namespace {

constexpr std::uint64_t kDisk = 32 * MiB;
constexpr std::uint64_t kAt = 2 * MiB;  // where its one partition begins
constexpr std::uint64_t kVolume = 28 * MiB;

// Files at both ends of the volume: a large one is removed between them.
std::vector<std::byte> ext4(const test::TempFolder& folder) {
  const std::string path = folder.file("volume");
  std::filesystem::create_directory(folder.file("files"));
  unsigned seed = 20;
  for (const auto& [name, size] :
       {std::pair{"files/1", 2 * MiB}, {"files/2", 14 * MiB}, {"files/3", 3 * MiB}}) {
    const auto bytes = noise(size, seed++);
    std::ofstream(folder.file(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
  }
  REQUIRE(runProgram({"mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-d", folder.file("files"),
                      path, "28M"})
              .status == 0);
  REQUIRE(runProgram({"debugfs", "-w", "-R", "rm 2", path}).status == 0);
  REQUIRE(runProgram({"e2fsck", "-fy", path}).status <= 1);
  std::ifstream in(path, std::ios::binary);
  std::vector<char> bytes(std::istreambuf_iterator<char>(in), {});
  std::vector<std::byte> out(bytes.size());
  std::transform(bytes.begin(), bytes.end(), out.begin(), [](char c) { return std::byte(c); });
  return out;
}

std::shared_ptr<MemoryDisk> sourceDisk(const test::TempFolder& folder) {
  auto disk = std::make_shared<MemoryDisk>(noise(kDisk, 1));
  for (const table::TableBlock& block : table::encode(test::onePartition(kDisk, {kAt, kVolume}))) {
    disk->put(block.offset, block.bytes);
  }
  disk->put(kAt, std::span<const std::byte>(ext4(folder)));
  return disk;
}

bool possible() {
  const std::string why = VirtualFile::whyNot();
  if (!why.empty()) WARN(why);
  return why.empty();
}

struct Case {
  const char* name;
  std::uint64_t target;  // bytes
  plan::Access access;
};

plan::Plan planOnto(const ReaderPtr& disk, const Case& which) {
  plan::Endpoint from;
  from.path = "source";
  from.size = disk->size();
  plan::Target to;
  to.path = "target";
  to.size = which.target;
  plan::Request request;
  request.fit.mode = plan::FitRequest::Mode::Auto;
  request.access = which.access;
  return plan::planClone(plan::survey(disk), from, to, request);
}

void checkClean(const FaultDisk& disk, const plan::Plan& plan, const test::TempFolder& folder) {
  const Extent place = plan.targetLayout.bytesOf(plan.targetLayout.partitions.front());
  const std::string path = folder.file("result");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(disk.bytes().data()) + place.offset,
             static_cast<long>(place.length));
  const ProgramResult checked = runProgram({"e2fsck", "-fn", path});
  INFO(checked.output);
  CHECK(checked.status == 0);
  for (const char* name : {"1", "3"}) {
    REQUIRE(
        runProgram({"debugfs", "-R", std::string("dump ") + name + " " + folder.file("out"), path})
            .status == 0);
    CHECK(runProgram({"cmp", folder.file("out"), folder.file("files/") + name}).status == 0);
  }
}

// Nothing that the filesystem uses is what the target held before, and what it takes for zeroes is.
void checkNothingLeft(const FaultDisk& disk, const std::vector<std::byte>& old,
                      const plan::Plan& plan) {
  const Extent place = plan.targetLayout.bytesOf(plan.targetLayout.partitions.front());
  const auto now = std::make_shared<Window>(std::make_shared<MemoryDisk>(disk.bytes()), place);
  const fs::UsedMap map = fs::recognise(now).fs->used();
  REQUIRE(map.whyWhole.empty());
  constexpr std::uint64_t kBlock = 1024;
  std::uint64_t left = 0;
  for (const Extent& extent : map.extents.shiftedUp(place.offset)) {
    for (std::uint64_t at = extent.offset; at + kBlock <= extent.end(); at += kBlock) {
      const auto here = disk.bytes().begin() + static_cast<long>(at);
      if (std::equal(here, here + kBlock, old.begin() + static_cast<long>(at))) ++left;
    }
  }
  CHECK(left == 0);
  for (const Extent& extent : map.zeroes) {
    const auto bytes = readBytes(*now, extent.offset, static_cast<std::size_t>(extent.length));
    CHECK(std::ranges::count(bytes, std::byte{0}) == static_cast<long>(bytes.size()));
  }
}

bool looksLikeADisk(std::vector<std::byte> bytes) {
  const plan::Survey found = plan::survey(std::make_shared<MemoryDisk>(std::move(bytes)));
  if (found.layout.kind != table::TableKind::None) return !found.layout.isFatal();
  return !found.volumes.front().type.empty();
}

const Case kCases[] = {{"smaller", 20 * MiB, plan::Access::AtRandom},
                       {"larger", 56 * MiB, plan::Access::AtRandom},
                       {"larger, out of a pipe", 56 * MiB, plan::Access::FrontToBack}};

}  // namespace

TEST_CASE("resized on the way: a target that fails at any time is not taken for a disk") {
  if (!possible()) return;
  const test::TempFolder folder;
  const auto source = sourceDisk(folder);
  const auto before = source->bytes();
  std::mt19937 random(7);
  for (const Case& which : kCases) {
    DYNAMIC_SECTION(which.name) {
      const plan::Plan plan = planOnto(source, which);
      REQUIRE(std::ranges::any_of(
          plan.regions, [](const plan::Region& region) { return region.resizedTo != 0; }));
      FaultDisk dry(noise(which.target, 2));
      copy::Progress progress;
      copy::runClone(plan, *source, dry, {true, {1, false}}, progress);
      checkClean(dry, plan, folder);
      checkNothingLeft(dry, noise(which.target, 2), plan);
      const std::uint64_t calls = dry.calls();
      for (std::uint64_t i = 0; i < 12; ++i) {
        const ErrorKind kind = i % 2 == 0 ? ErrorKind::Write : ErrorKind::NoSpace;
        FaultDisk target(noise(which.target, 2));
        target.failAt(calls * i / 12, kind);
        copy::Progress state;
        try {
          copy::runClone(plan, *source, target, {false, {1, false}}, state);
          FAIL("nothing was noticed");
        } catch (const Error& error) {
          // What has happened to the target, not what the tool made of it.
          CHECK(error.kind() == kind);
        }
        CHECK(state.target() != copy::TargetState::Complete);
        for (int attempt = 0; attempt < 3; ++attempt) {
          CHECK_FALSE(looksLikeADisk(target.afterPowerFailure(random)));
        }
      }
      CHECK(source->bytes() == before);
    }
  }
}

TEST_CASE("resized where it was copied to: what does not read back as it came is found before") {
  if (!possible()) return;
  const test::TempFolder folder;
  const auto source = sourceDisk(folder);
  const plan::Plan plan = planOnto(source, kCases[2]);
  // The last byte that is copied: in the data of a file, of which no tool takes notice.
  const plan::Region& volume = plan.regions.back();
  const std::uint64_t at = volume.targetOf(volume.extents.extents().back().end() - 1);
  FaultDisk target(noise(kCases[2].target, 2));
  target.corruptReadBack([at](std::vector<std::byte>& bytes) { bytes[at] ^= std::byte{1}; });
  copy::Progress progress;
  try {
    copy::runClone(plan, *source, target, {true, {}}, progress);
    FAIL("nothing was found");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::Mismatch);
  }
  CHECK(progress.target() == copy::TargetState::Incomplete);
  CHECK_FALSE(looksLikeADisk(target.bytes()));
}
