// Until the journal is replayed, what it holds counts as well.
#include "tests/fs/ext/made_volume.h"
#include "tests/support/catch.h"

using namespace disktwin;
using namespace disktwin::fs::ext;
using namespace disktwin::fs::ext::test;

namespace {

// A volume whose log can be filled block by block, as jbd2 does.
class Logged : public MadeVolume {
 public:
  explicit Logged(std::uint32_t incompat = 0, std::uint32_t start = 1) {
    addJournal(incompat);
    super.incompat = super.incompat | kRecover;
    journal.start = start;
    sealJournal();
    seal();
    at_ = start;
  }

  struct Entry {
    std::uint32_t target;
    Block content;
  };

  void descriptor(const std::vector<Entry>& entries, std::uint32_t magic = kJournalMagic) {
    Block block(kBlock);
    const JournalHeader header{magic, std::uint32_t{kDescriptorBlock}, sequence_};
    std::memcpy(block.data(), &header, sizeof header);
    std::size_t at = sizeof header;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const bool escaped = structAt<be32>(entries[i].content, 0) == kJournalMagic;
      const std::uint32_t flags = (escaped ? kTagEscaped : 0U) | (i > 0 ? kTagSameUuid : 0U) |
                                  (i + 1 == entries.size() ? kTagLast : 0U);
      at += putTag(block.data() + at, entries[i].target, flags);
    }
    append(block);
    for (const Entry& entry : entries) {
      Block copy = entry.content;
      if (structAt<be32>(copy, 0) == kJournalMagic) std::fill_n(copy.begin(), 4, std::byte{0});
      append(copy);
    }
  }

  void simple(JournalBlock type) {
    Block block(kBlock);
    const JournalHeader header{kJournalMagic, std::uint32_t{type}, sequence_};
    std::memcpy(block.data(), &header, sizeof header);
    append(block);
    if (type == kCommitBlock) ++sequence_;
  }

  void transaction(const std::vector<Entry>& entries) {
    descriptor(entries);
    simple(kCommitBlock);
  }

  // The bitmap of a group with some more blocks in use.
  Entry bitmapWith(std::uint32_t first, std::uint32_t count) const {
    const std::uint32_t group = (first - 1) / kPerGroup;
    Block content = block(bitmap(group));
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t bit = (first - 1 + i) % kPerGroup;
      content[bit / 8] |= std::byte{1} << (bit % 8);
    }
    return {bitmap(group), content};
  }

 private:
  std::size_t putTag(std::byte* at, std::uint32_t target, std::uint32_t flags) const {
    std::size_t size = sizeof(JournalTag);
    if ((journal.incompat & kJournalChecksumV3) != 0) {
      const JournalTagV3 tag{target, flags, 0U, 0U};
      std::memcpy(at, &tag, sizeof tag);
      size = sizeof tag;
    } else {
      const JournalTag tag{target, std::uint16_t{0}, static_cast<std::uint16_t>(flags), 0U};
      std::memcpy(at, &tag, sizeof tag);
      if ((journal.incompat & kJournalChecksumV2) != 0) size += 2;
      if ((journal.incompat & kJournal64Bit) == 0) size -= 4;
    }
    return size + ((flags & kTagSameUuid) != 0 ? 0 : 16);
  }

  void append(const Block& block) {
    put(kJournal + at_, block);
    at_ = at_ + 1 < kJournalLength ? at_ + 1 : 1;
  }

  std::uint32_t at_ = 1;
  std::uint32_t sequence_ = 1;
};

const std::uint32_t kNew = MadeVolume::start(1) + 700;

}  // namespace

TEST_CASE("ext journal: an empty one changes nothing") {
  Logged made;
  made.journal.start = 0U;
  made.sealJournal();
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(MadeVolume::kJournal, MadeVolume::kJournalLength)));
  CHECK_FALSE(map.extents.intersects(blocks(kNew, 30)));
}

TEST_CASE("ext journal: blocks that only a bitmap in the log calls used are in the map") {
  const std::uint32_t kinds[] = {0,
                                 kJournal64Bit,
                                 kJournalChecksumV2,
                                 kJournalChecksumV3,
                                 kJournal64Bit | kJournalChecksumV2 | kJournalRevoke,
                                 kJournal64Bit | kJournalChecksumV3 | kJournalAsyncCommit};
  for (const std::uint32_t kind : kinds) {
    Logged made(kind);
    // Not the first tag of its block, so that the size of the tags has to be right.
    made.transaction({{700, Block(1024)}, {701, Block(1024)}, made.bitmapWith(kNew, 30)});
    const fs::UsedMap map = made.used();
    REQUIRE(map.whyWhole.empty());
    CHECK(map.extents.contains(blocks(kNew, 30)));
    CHECK(map.extents.contains(blocks(MadeVolume::start(1) + 300, 20)));
    CHECK_FALSE(map.extents.intersects(blocks(kNew + 100, 100)));
  }
}

TEST_CASE("ext journal: every copy of a bitmap counts, not the last one alone") {
  Logged made;
  made.transaction({made.bitmapWith(kNew, 10)});
  made.simple(kRevokeBlock);
  made.transaction({made.bitmapWith(kNew + 100, 10)});
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(kNew, 10)));
  CHECK(map.extents.contains(blocks(kNew + 100, 10)));
}

TEST_CASE("ext journal: the log is followed around the end of its ring") {
  Logged made(0, MadeVolume::kJournalLength - 2);
  made.transaction({{700, Block(1024)}, made.bitmapWith(kNew, 10)});
  made.transaction({made.bitmapWith(kNew + 100, 10)});
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(kNew, 10)));
  CHECK(map.extents.contains(blocks(kNew + 100, 10)));
}

TEST_CASE("ext journal: what is left of earlier rounds does not count") {
  Logged made;
  made.transaction({made.bitmapWith(kNew, 10)});
  made.journal.sequence = 9U;
  made.sealJournal();
  CHECK_FALSE(made.used().extents.intersects(blocks(kNew, 10)));
}

TEST_CASE("ext journal: a block that looks like a header of the log is read as it was") {
  Logged made;
  // A group with nothing at its start, so that only the four bytes in question can call it used.
  auto& group = made.groups[2];
  group.flags = std::uint16_t{kInodeUninit};
  group.blockBitmapLo = MadeVolume::start(3) + 400;
  group.inodeBitmapLo = MadeVolume::start(3) + 401;
  group.inodeTableLo = MadeVolume::start(3) + 402;
  made.seal();
  Block content(1024);
  const be32 magic = kJournalMagic;
  std::memcpy(content.data(), &magic, sizeof magic);  // its last byte sets the bits 27, 28 and 31
  made.transaction({{700, Block(1024)}, {group.blockBitmapLo, content}});
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(MadeVolume::start(2) + 27, 2)));
}

TEST_CASE("ext journal: inodes that only the log initialises are in the map") {
  Logged made;
  made.groups[3].flags = 0;
  made.groups[3].unusedInodesLo = MadeVolume::kInodes - 400;
  const Block later = made.descriptorBlock();
  made.transaction({{MadeVolume::kDescriptors, later}});
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(MadeVolume::table(3), 100)));
  CHECK_FALSE(map.extents.intersects(blocks(MadeVolume::table(3) + 100, 28)));
}

TEST_CASE("ext journal: a group that only the log begins to use is in the map") {
  Logged made;
  made.groups[2].flags = std::uint16_t{kInodeUninit};
  const Block later = made.descriptorBlock();
  Block bitmap(1024);
  bitmap[50] = std::byte{0xFF};
  made.put(MadeVolume::bitmap(2), Block(1024));  // in its place it was never written
  made.transaction({{MadeVolume::kDescriptors, later}, {MadeVolume::bitmap(2), bitmap}});
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(MadeVolume::start(2) + 400, 8)));
}

TEST_CASE("ext journal: descriptors of a transaction without an end are left alone") {
  Logged made;
  Block torn(1024, std::byte{0x5A});
  made.descriptor({{MadeVolume::kDescriptors, torn}, made.bitmapWith(kNew, 10)});
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(kNew, 10)));
}

TEST_CASE("ext journal: damaged descriptors in the log are not overlooked") {
  Logged made;
  made.transaction({{MadeVolume::kDescriptors, Block(1024, std::byte{0x5A})}});
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("descriptor of block group 0"));
}

TEST_CASE("ext journal: a filesystem that was being resized is copied whole") {
  Logged made;
  Super larger = made.super;
  larger.blocksCountLo = MadeVolume::kBlocks - 8;
  larger = made.sealed(larger);
  Block content(1024);
  std::memcpy(content.data(), &larger, sizeof larger);
  made.transaction({{1, content}});
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("size"));
}

TEST_CASE("ext journal: a newer superblock of the same size is nothing to worry about") {
  Logged made;
  Super later = made.super;
  later.freeBlocksLo = 77;
  later = made.sealed(later);
  Block content(1024);
  std::memcpy(content.data(), &later, sizeof later);
  made.transaction({{1, content}});
  CHECK(made.used().whyWhole.empty());
}

TEST_CASE("ext journal: what cannot be followed is refused with a reason") {
  const auto with = [](std::uint32_t incompat, auto change) {
    Logged made(incompat);
    made.transaction({made.bitmapWith(kNew, 10)});
    change(made.journal);
    made.sealJournal();
    return made.used().whyWhole;
  };
  CHECK(with(0, [](auto&) {}).empty());
  CHECK_THAT(with(kJournalFastCommit, [](auto&) {}), ContainsSubstring("fast commits"));
  CHECK_THAT(with(0x40, [](auto&) {}), ContainsSubstring("0x40"));
  CHECK_THAT(with(0, [](auto& j) { j.header.magic = 1U; }), ContainsSubstring("damaged"));
  CHECK_THAT(with(0, [](auto& j) { j.blockSize = 4096U; }), ContainsSubstring("block size"));
  CHECK_THAT(with(0, [](auto& j) { j.length = 65U; }), ContainsSubstring("length"));
  CHECK_THAT(with(0, [](auto& j) { j.first = 0U; }), ContainsSubstring("length"));
  CHECK_THAT(with(0, [](auto& j) { j.start = 64U; }), ContainsSubstring("outside itself"));
  CHECK_THAT(with(0, [](auto& j) { j.error = 5U; }), ContainsSubstring("recorded an error"));
}

TEST_CASE("ext journal: a wrong checksum of its superblock is not overlooked") {
  Logged made(kJournalChecksumV3);
  made.bytes()[MadeVolume::kJournal * 1024U + 0x60] ^= std::byte{1};
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("checksum of its superblock"));
}

TEST_CASE("ext journal: a log for blocks beyond the end is refused") {
  Logged made;
  made.transaction({{MadeVolume::kBlocks, Block(1024)}});
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("journal"));
}

TEST_CASE("ext journal: a log without an end is followed once around") {
  Logged made;
  for (std::uint32_t i = 1; i < MadeVolume::kJournalLength; ++i) made.simple(kRevokeBlock);
  CHECK(made.used().whyWhole.empty());
}

TEST_CASE("ext journal: its blocks are found through a list as ext3 has it") {
  Logged made;
  made.transaction({made.bitmapWith(kNew, 10)});
  // Twelve direct numbers, the rest through an indirect block.
  const std::size_t at = MadeVolume::table(0) * 1024U + 7 * 256;
  auto inode = readStruct<Inode>(*made.disk, at);
  inode.flags = 0;
  Block indirect(1024);
  for (std::uint32_t i = 0; i < MadeVolume::kJournalLength; ++i) {
    const le32 number = MadeVolume::kJournal + i;
    if (i < 12) std::memcpy(inode.block + i * 4, &number, 4);
    if (i >= 12) std::memcpy(indirect.data() + (i - 12) * 4, &number, 4);
  }
  const le32 through = MadeVolume::kFile;
  std::memcpy(inode.block + 48, &through, 4);
  made.disk->put(at, inode);
  made.put(MadeVolume::kFile, indirect);
  const fs::UsedMap map = made.used();
  REQUIRE(map.whyWhole.empty());
  CHECK(map.extents.contains(blocks(kNew, 10)));
}

TEST_CASE("ext journal: an extent tree that leads back to itself is refused") {
  Logged made;
  const ExtentHeader root{kExtentMagic, std::uint16_t{1}, std::uint16_t{4}, std::uint16_t{2}, 0U};
  const ExtentHeader inner{kExtentMagic, std::uint16_t{1}, std::uint16_t{84}, std::uint16_t{1}, 0U};
  const ExtentIndex index{0U, MadeVolume::kFile, std::uint16_t{0}, std::uint16_t{0}};
  const std::size_t at = MadeVolume::table(0) * 1024U + 7 * 256;
  auto inode = readStruct<Inode>(*made.disk, at);
  std::memcpy(inode.block, &root, sizeof root);
  std::memcpy(inode.block + 12, &index, sizeof index);
  made.disk->put(at, inode);
  Block node(1024);
  std::memcpy(node.data(), &inner, sizeof inner);
  std::memcpy(node.data() + 12, &index, sizeof index);
  made.put(MadeVolume::kFile, node);
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("its inode makes no sense"));
}

TEST_CASE("ext journal: a journal without an inode is refused when there is something to replay") {
  Logged made;
  made.super.journalInode = 0;
  made.sealSuper();
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("another device"));
  made.super.journalInode = 5000;
  made.sealSuper();
  CHECK_THAT(made.used().whyWhole, ContainsSubstring("inode"));
}
