// No bytes whatever make the reader crash, and none make it forget what is in use.
#include <random>

#include "tests/fs/f2fs/made_f2fs.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::f2fs;
using namespace disktwin::fs::f2fs::test;

namespace {

void ask(const std::shared_ptr<SparseDisk>& disk, const ExtentSet* needed = nullptr) {
  const auto fs = open(disk);
  if (!fs) return;
  const Extent all{0, disk->size()};
  const fs::UsedMap map = fs->used();
  REQUIRE(map.extents.clipped(all) == map.extents);
  REQUIRE(fs->signatures().clipped(all) == fs->signatures());
  if (!map.whyWhole.empty()) REQUIRE(map.extents == ExtentSet{all});
  if (needed != nullptr) REQUIRE(subtract(*needed, map.extents).empty());
}

struct Place {
  const char* name;
  std::uint64_t offset;
  std::uint64_t length;
};

std::vector<Place> places() {
  const auto at = [](std::uint32_t block) { return MadeF2fs::extent(block, 0).offset; };
  return {{"superblock", kSuperOffset, sizeof(Super)},
          {"its copy", kBackupSuperOffset, sizeof(Super)},
          {"older checkpoint", at(MadeF2fs::kCheckpoint), kBlockSize},
          {"checkpoint", at(MadeF2fs::kCheckpoint + 512), kBlockSize},
          {"journals", at(MadeF2fs::kCheckpoint + 513), 2 * kJournalSize},
          {"end of the checkpoint", at(MadeF2fs::kCheckpoint + 512 + 5), kBlockSize},
          {"segment table", at(MadeF2fs::kSit), MadeF2fs::kSegments * sizeof(SitEntry)},
          {"node table", at(MadeF2fs::kNat), 8 * sizeof(NatEntry)}};
}

// With entries in both journals, so that there is something to damage.
MadeF2fs journalled() {
  MadeF2fs made;
  SitJournalEntry entry{};
  entry.segment = MadeF2fs::kSparse;
  entry.entry = made.sit[MadeF2fs::kSparse];
  MadeF2fs::mark(entry.entry, 300, 1);
  made.sitJournal = {entry};
  made.cp.validBlocks = made.cp.validBlocks + 1;
  NatJournalEntry node{};
  node.node = 6;
  node.entry.block = made.nat[6];
  made.natJournal = {node};
  return made;
}

}  // namespace

TEST_CASE("f2fs: a flipped bit anywhere hides nothing that is in use") {
  MadeF2fs made = journalled();
  const auto disk = made.disk();
  const ExtentSet needed = open(disk)->used().extents;
  REQUIRE(open(disk)->used().whyWhole.empty());
  for (const Place& place : places()) {
    // Every bit where there is no checksum, one of each byte where there is.
    const bool small = place.length < sizeof(Super);
    for (std::uint64_t i = 0; i < place.length * 8; i += small ? 1 : 9) {
      CAPTURE(place.name, i);
      const std::uint64_t at = place.offset + i / 8;
      std::byte byte{};
      disk->read(at, std::span(&byte, 1));
      const std::byte flipped = byte ^ static_cast<std::byte>(1U << i % 8);
      disk->put(at, std::span<const std::byte>(&flipped, 1));
      ask(disk, &needed);
      disk->put(at, std::span<const std::byte>(&byte, 1));
    }
  }
}

TEST_CASE("f2fs: no value of any field of the superblocks does harm, even with a right checksum") {
  for (std::size_t at = 0; at < sizeof(Super) - 4; at += 4) {
    if (at == 1152) at = 1664;  // the list of extensions
    for (const std::uint32_t value : {0U, 1U, 0x7FU, 0x8000U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
      CAPTURE(at, value);
      MadeF2fs made;
      std::memcpy(reinterpret_cast<std::byte*>(&made.super) + at, &value, sizeof value);
      ask(made.disk());
    }
  }
}

TEST_CASE("f2fs: no value of any field of a checkpoint does harm, even with a right checksum") {
  for (std::size_t at = 0; at < sizeof(Checkpoint); at += 4) {
    for (const std::uint32_t value : {0U, 1U, 0x7FU, 0x8000U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
      CAPTURE(at, value);
      MadeF2fs made;
      std::memcpy(reinterpret_cast<std::byte*>(&made.cp) + at, &value, sizeof value);
      made.cp.packBlocks = made.cp.packBlocks % 600;  // where its last block is written to
      made.cp.summaryStart = made.cp.summaryStart % 600;
      ask(made.disk());
    }
  }
}

TEST_CASE("f2fs: a volume that is cut anywhere does no harm") {
  MadeF2fs made = journalled();
  const auto disk = made.disk();
  for (std::uint64_t block = MadeF2fs::kBlocks; block > 0; block -= block > 4000 ? 97 : 1) {
    disk->cutTo(block * kBlockSize - 1);
    ask(disk);
    disk->cutTo((block - 1) * kBlockSize);
    ask(disk);
  }
}

TEST_CASE("f2fs: random damage to every structure does no harm") {
  std::mt19937 random(19);  // NOLINT: the same sequence each time
  const auto all = places();
  for (int round = 0; round < 3000; ++round) {
    MadeF2fs made = journalled();
    const auto disk = made.disk();
    for (std::size_t hits = 1 + random() % 6; hits > 0; --hits) {
      const Place& place = all[random() % all.size()];
      const auto byte = static_cast<std::byte>(random());
      disk->put(place.offset + random() % place.length, std::span<const std::byte>(&byte, 1));
    }
    ask(disk);
  }
}

TEST_CASE("f2fs: nodes full of noise do no harm when they have to be asked") {
  std::mt19937 random(23);  // NOLINT: the same sequence each time
  for (int round = 0; round < 300; ++round) {
    MadeF2fs made;
    made.cp.validBlocks = made.cp.validBlocks + 3;
    for (std::uint32_t i = 0; i < 3; ++i) {
      auto& block = made.blocks[MadeF2fs::block(MadeF2fs::kWarmNodes, i)];
      for (std::byte& byte : block) byte = static_cast<std::byte>(random());
      // As inodes they get further.
      made.poke(MadeF2fs::block(MadeF2fs::kWarmNodes, i), kFooterOffset,
                NodeFooter{le32(4 + i), le32(4 + i), le32(0), le64(0), le32(0)});
      made.poke(MadeF2fs::block(MadeF2fs::kWarmNodes, i), 0, le16(0x8000));
    }
    ask(made.disk());
  }
}
