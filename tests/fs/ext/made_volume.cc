#include "tests/fs/ext/made_volume.h"

#include <algorithm>
#include <span>

#include "clone/fs/ext/checksum.h"
#include "clone/fs/ext/geometry.h"
#include "clone/io/crc32c.h"

namespace disktwin::fs::ext::test {
namespace {

template <typename T>
std::span<const std::byte> raw(const T& value, std::size_t length = sizeof(T)) {
  return std::as_bytes(std::span(&value, 1)).first(length);
}

void setBits(std::byte* bitmap, std::uint32_t first, std::uint32_t count) {
  for (std::uint32_t i = first; i < first + count; ++i) bitmap[i / 8] |= std::byte{1} << (i % 8);
}

}  // namespace

MadeVolume::MadeVolume()
    : disk(std::make_shared<disktwin::test::MemoryDisk>(std::size_t{kBlocks} * kBlock)) {
  super.inodesCount = kGroups * kInodes;
  super.blocksCountLo = kBlocks;
  super.firstDataBlock = 1;
  super.blocksPerGroup = kPerGroup;
  super.clustersPerGroup = kPerGroup;
  super.inodesPerGroup = kInodes;
  super.magic = kSuperMagic;
  super.state = kStateValid;
  super.revision = 1;
  super.firstInode = 11;
  super.inodeSize = 256;
  super.incompat = kFiletype | kExtents | k64Bit | kFlexBg;
  super.roCompat = kSparseSuper | kMetadataChecksum;
  for (std::uint8_t i = 0; i < 16; ++i) super.uuid[i] = static_cast<std::uint8_t>(0x10 + i);
  super.descriptorSize = sizeof(GroupDescriptor);
  super.checksumType = 1;

  for (std::uint32_t g = 0; g < kGroups; ++g) {
    groups[g].blockBitmapLo = bitmap(g);
    groups[g].inodeBitmapLo = inodeBitmap(g);
    groups[g].inodeTableLo = table(g);
    groups[g].freeBlocksLo = kPerGroup;
    groups[g].unusedInodesLo = kInodes;
    mark(start(g), 12 + kTable);
  }
  groups[0].unusedInodesLo = kInodes - 20;  // five blocks are initialised
  groups[1].unusedInodesLo = 0;
  groups[2].flags = kInodeUninit | kBlockUninit;
  groups[3].flags = kInodeUninit;
  mark(kFile, kFileLength);
  mark(start(1) + 300, 20);
  std::fill_n(bytes().begin() + bitmap(2) * kBlock, kBlock, std::byte{0xFF});
  seal();
}

void MadeVolume::mark(std::uint32_t first, std::uint32_t count) {
  const std::uint32_t group = (first - 1) / kPerGroup;
  setBits(bytes().data() + bitmap(group) * kBlock, (first - 1) % kPerGroup, count);
  groups[group].freeBlocksLo = static_cast<std::uint16_t>(groups[group].freeBlocksLo - count);
}

Block MadeVolume::block(std::uint32_t number) const {
  return readBytes(*disk, std::uint64_t{number} * kBlock, kBlock);
}

void MadeVolume::put(std::uint32_t number, const Block& content) {
  disk->put(std::size_t{number} * kBlock, content);
}

std::uint32_t MadeVolume::seed() const {
  return crc32c(~0U, raw(super.uuid));
}

Block MadeVolume::descriptorBlock() const {
  Geometry g;
  g.checksum =
      (super.roCompat & kMetadataChecksum) != 0 ? GroupChecksum::Crc32c : GroupChecksum::Crc16;
  g.checksumSeed = seed();
  std::copy(std::begin(super.uuid), std::end(super.uuid), g.uuid.begin());
  Block out(kBlock);
  for (std::uint32_t i = 0; i < kGroups; ++i) {
    GroupDescriptor copy = groups[i];
    copy.checksum = descriptorChecksum(g, i, raw(copy));
    std::memcpy(out.data() + i * sizeof copy, &copy, sizeof copy);
  }
  return out;
}

Super MadeVolume::sealed(Super copy) const {
  copy.checksum = crc32c(~0U, raw(copy, offsetof(Super, checksum)));
  return copy;
}

void MadeVolume::sealSuper() {
  super = sealed(super);
  disk->put(kSuperOffset, super);
}

void MadeVolume::seal(bool bitmaps) {
  for (std::uint32_t g = 0; bitmaps && g < kGroups; ++g) {
    const Block content = block(bitmap(g));
    const std::uint32_t crc = crc32c(seed(), std::span(content).first(kPerGroup / 8));
    groups[g].blockBitmapChecksumLo = static_cast<std::uint16_t>(crc);
    groups[g].blockBitmapChecksumHi = static_cast<std::uint16_t>(crc >> 16);
  }
  put(kDescriptors, descriptorBlock());
  sealSuper();
}

void MadeVolume::addJournal(std::uint32_t incompat) {
  super.compat = super.compat | kHasJournal;
  super.journalInode = 8;
  mark(kJournal, kJournalLength);
  Inode inode{};
  inode.mode = 0x8180;
  inode.links = 1;
  inode.sizeLo = kJournalLength * kBlock;
  inode.flags = kInodeExtents;
  const ExtentHeader header{kExtentMagic, std::uint16_t{1}, std::uint16_t{4}, std::uint16_t{0}, 0U};
  const ExtentLeaf leaf{0U, static_cast<std::uint16_t>(kJournalLength), std::uint16_t{0}, kJournal};
  std::memcpy(inode.block, &header, sizeof header);
  std::memcpy(inode.block + sizeof header, &leaf, sizeof leaf);
  disk->put(std::size_t{table(0)} * kBlock + 7 * 256, inode);
  journal.header = {kJournalMagic, std::uint32_t{kJournalSuperV2}, 0U};
  journal.blockSize = kBlock;
  journal.length = kJournalLength;
  journal.first = 1U;
  journal.sequence = 1U;
  journal.incompat = incompat;
  sealJournal();
}

void MadeVolume::sealJournal() {
  Block content(kBlock);
  std::memcpy(content.data(), &journal, sizeof journal);
  const be32 crc = crc32c(~0U, content);
  std::memcpy(content.data() + 0xFC, &crc, sizeof crc);
  put(kJournal, content);
}

}  // namespace disktwin::fs::ext::test
