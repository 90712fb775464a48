// What a user is told, and where copies of the superblock lie.
#include "clone/fs/ext/features.h"
#include "clone/fs/ext/geometry.h"
#include "tests/fs/ext/made_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ext;
using namespace disktwin::fs::ext::test;

namespace {

Super features(std::uint32_t compat, std::uint32_t incompat, std::uint32_t roCompat) {
  Super super{};
  super.compat = compat;
  super.incompat = incompat;
  super.roCompat = roCompat;
  return super;
}

std::string notes(const fs::FileSystem& fs) {
  std::string all;
  for (const std::string& note : fs.info().notes) all += note + "\n";
  return all;
}

}  // namespace

TEST_CASE("ext: the type is the one that libblkid names") {
  CHECK(typeName(features(0, 0, 0)) == "ext2");
  CHECK(typeName(features(0, kFiletype | kMetaBg, kSparseSuper | kLargeFile | kBtreeDir)) ==
        "ext2");
  CHECK(typeName(features(kHasJournal, kFiletype, kSparseSuper)) == "ext3");
  CHECK(typeName(features(kHasJournal, kFiletype | kRecover, 0)) == "ext3");
  CHECK(typeName(features(kHasJournal, kExtents, 0)) == "ext4");
  CHECK(typeName(features(0, kExtents, 0)) == "ext4");
  CHECK(typeName(features(kHasJournal, 0, kHugeFile)) == "ext4");
  CHECK(typeName(features(0, kJournalDevice, 0)) == "jbd");
  Super early = features(kHasJournal, kExtents, 0);
  early.flags = kFlagTestFilesystem;
  CHECK(typeName(early) == "ext4dev");
}

TEST_CASE("ext: label, UUID and sizes are those of the superblock") {
  MadeVolume made;
  std::memcpy(made.super.label, "sixteen letters!", 16);
  made.super.freeBlocksLo = 3000;
  made.sealSuper();
  const auto fs = made.fs();
  CHECK(fs->info().type == "ext4");
  CHECK(fs->info().label == "sixteen letters!");
  CHECK(fs->info().uuid == "10111213-1415-1617-1819-1a1b1c1d1e1f");
  CHECK(fs->info().blockSize == 1024);
  CHECK(fs->info().size == std::uint64_t{MadeVolume::kBlocks} * 1024);
  CHECK(fs->info().used == (std::uint64_t{MadeVolume::kBlocks} - 3000) * 1024);
  CHECK(fs->info().state == fs::VolumeState::Clean);
  CHECK(fs->info().notes.empty());
}

TEST_CASE("ext: the state tells a crash, errors and a full log apart") {
  MadeVolume made;
  made.super.state = 0;
  made.sealSuper();
  CHECK(made.fs()->info().state == fs::VolumeState::Dirty);
  made.super.state = kStateValid | kStateErrors;
  made.super.errorCount = 7;
  made.super.lastErrorTime = 1700000000;
  made.sealSuper();
  CHECK(made.fs()->info().state == fs::VolumeState::Dirty);
  CHECK_THAT(notes(*made.fs()), ContainsSubstring("7 errors"));
  CHECK_THAT(notes(*made.fs()), ContainsSubstring("2023-11-14 22:13 UTC"));
  made.super.incompat = made.super.incompat | kRecover;
  made.sealSuper();
  CHECK(made.fs()->info().state == fs::VolumeState::NeedsRecovery);
}

TEST_CASE("ext: a journal on another device is mentioned with its UUID") {
  MadeVolume made;
  made.super.compat = std::uint32_t{kHasJournal};
  made.super.journalUuid[0] = 0xAB;
  made.sealSuper();
  CHECK_THAT(notes(*made.fs()), ContainsSubstring("ab000000-0000-0000-0000-000000000000"));
  CHECK(made.used().whyWhole.empty());
  made.super.incompat = made.super.incompat | kRecover;
  made.sealSuper();
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("another device"));
}

TEST_CASE("ext: the device of such a journal is copied whole") {
  MadeVolume made;
  made.super.incompat = std::uint32_t{kJournalDevice};
  made.sealSuper();
  CHECK(made.fs()->info().type == "jbd");
  CHECK(made.fs()->info().state == fs::VolumeState::Unknown);
  CHECK(made.used().extents == ExtentSet{{0, made.bytes().size()}});
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("journal"));
  CHECK(made.fs()->signatures() == ExtentSet{{1024, 1024}});
}

TEST_CASE("ext: a mount that multiple mount protection knows of is mentioned") {
  MadeVolume made;
  made.super.incompat = made.super.incompat | kMmp;
  made.super.mmpBlock = 900;
  made.sealSuper();
  Mmp mmp{};
  mmp.magic = kMmpMagic;
  mmp.sequence = 5;
  std::memcpy(mmp.nodeName, "storage-1", 9);
  made.disk->put(900 * 1024, mmp);
  CHECK_THAT(notes(*made.fs()), ContainsSubstring("on storage-1"));
  mmp.sequence = kMmpClean;
  made.disk->put(900 * 1024, mmp);
  CHECK(made.fs()->info().notes.empty());
}

TEST_CASE("ext: copies of the superblock are found by the rule of the filesystem") {
  MadeVolume made;
  const auto at = [](std::uint32_t group) {
    return Extent{std::uint64_t{MadeVolume::start(group)} * 1024, 1024};
  };
  CHECK(made.fs()->signatures() == ExtentSet{at(0), at(1), at(3)});
  made.super.roCompat = std::uint32_t{kMetadataChecksum};
  made.sealSuper();
  CHECK(made.fs()->signatures() == ExtentSet{at(0), at(1), at(2), at(3)});
  made.super.compat = std::uint32_t{kSparseSuper2};
  made.super.backupGroups[0] = 2;
  made.sealSuper();
  CHECK(made.fs()->signatures() == ExtentSet{at(0), at(2)});
}

TEST_CASE("ext: sparse copies lie in groups 0, 1 and powers of 3, 5 and 7") {
  Geometry g;
  g.sparseSuper = true;
  std::vector<std::uint64_t> found;
  for (std::uint64_t group = 0; group < 400; ++group) {
    if (g.hasSuper(group)) found.push_back(group);
  }
  CHECK(found == std::vector<std::uint64_t>{0, 1, 3, 5, 7, 9, 25, 27, 49, 81, 125, 243, 343});
}

TEST_CASE("ext: descriptors lie where meta_bg puts them, also when it starts later") {
  Geometry g;
  g.blockSize = 1024;
  g.firstDataBlock = 1;
  g.blocksPerGroup = 8192;
  g.blocks = 1 + 8192 * 100;
  g.groups = 100;
  g.descriptorsPerBlock = 16;
  g.descriptorBlocks = 7;
  g.leadingDescriptorBlocks = 2;
  g.reservedDescriptorBlocks = 5;
  g.metaBg = true;
  g.sparseSuper = true;
  CHECK(g.descriptorBlock(0) == 2);
  CHECK(g.descriptorBlock(1) == 3);
  CHECK(g.descriptorBlock(2) == 1 + 32 * 8192);  // no superblock in group 32
  CHECK(g.header(3).count == 1 + 2 + 5);         // before meta_bg begins
  CHECK(g.header(32).count == 1);                // the descriptors
  CHECK(g.header(33).count == 1);                // their first copy
  CHECK(g.header(47).count == 1);                // and their last
  CHECK(g.header(40).count == 0);
  CHECK(g.header(49).count == 2);  // a superblock (7 * 7) and a copy
  g.leadingDescriptorBlocks = 0;
  g.firstDataBlock = 0;  // clusters: the superblock is in block 1 of group 0 all the same
  CHECK(g.descriptorBlock(0) == 2);
}
