// What a user is told.
#include <algorithm>

#include "tests/fs/btrfs/made_btrfs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::btrfs;
using namespace disktwin::fs::btrfs::test;

namespace {

bool hasNote(const MadeBtrfs& made, const std::string& text) {
  const auto fs = made.fs();
  return std::any_of(fs->info().notes.begin(), fs->info().notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("btrfs: type, label, UUID and numbers") {
  const MadeBtrfs made;
  const auto fs = made.fs();
  CHECK(fs->info().type == "btrfs");
  CHECK(fs->info().label == "a label");
  CHECK(fs->info().uuid == "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
  CHECK(fs->info().blockSize == 4096);
  CHECK(fs->info().size == MadeBtrfs::kSize);
  CHECK(fs->info().used == made.super.bytesUsed);
  CHECK(fs->info().state == fs::VolumeState::Clean);
  CHECK(fs->info().notes.size() == 1);
  CHECK(hasNote(made, "UUID alone"));
}

TEST_CASE("btrfs: errors, logs and seeds are told") {
  MadeBtrfs made;
  made.super.flags = kWritten | kError;
  made.sealSuper();
  CHECK(made.fs()->info().state == fs::VolumeState::Dirty);
  CHECK(hasNote(made, "btrfs check"));
  made.super.flags = kWritten | kSeeding;
  made.super.logRoot = MadeBtrfs::kMetadataAt;
  made.sealSuper();
  CHECK(made.fs()->info().state == fs::VolumeState::NeedsRecovery);
  CHECK(hasNote(made, "seed device"));
  CHECK(hasNote(made, "log of fsync"));
  made.disk->put(kSuperOffset + 300, std::uint8_t{1});
  CHECK(made.fs()->info().state == fs::VolumeState::Unknown);
  CHECK(hasNote(made, "checksum is wrong"));
}

TEST_CASE("btrfs: the other devices are listed") {
  MadeBtrfs made;
  DeviceItem other = made.devices[0];
  other.id = 2U;
  other.uuid = {0x42};
  made.devices.push_back(other);
  other.id = 5U;
  other.fsid = {};
  made.devices.push_back(other);
  made.super.devices = 3U;
  made.seal();
  REQUIRE(made.fs()->info().warnings.size() == 1);
  const std::string warning = made.fs()->info().warnings.front();
  CHECK_THAT(warning, ContainsSubstring("device 1 of a filesystem on 3 devices"));
  CHECK_THAT(warning, ContainsSubstring("1 (10111213-1415-1617-1819-1a1b1c1d1e1f, this one)"));
  CHECK_THAT(warning, ContainsSubstring("2 (42000000-0000-0000-0000-000000000000), "));
  CHECK_THAT(warning, ContainsSubstring("a seed device"));
  CHECK(made.used().whyWhole.empty());
}

TEST_CASE("btrfs: a balance and a replacement under way are told") {
  MadeBtrfs made;
  CHECK_FALSE(hasNote(made, "balance"));
  made.extra[kRootTree][{kBalance, kTemporaryItem, 0}] = Bytes(448);
  ReplaceItem item{};
  item.state = 1U;
  made.extra[kDeviceTree][{0, kDeviceReplace, 0}] = bytesOf(item);
  made.seal();
  CHECK(hasNote(made, "balance"));
  CHECK(hasNote(made, "being replaced"));
}

TEST_CASE("btrfs: what cannot be read is told") {
  MadeBtrfs made;
  made.change(made.root(kChunkTree), 2000, bytesOf(std::uint8_t{1}), false);
  CHECK(hasNote(made, "Not all of its trees can be read here: the block at"));
}
