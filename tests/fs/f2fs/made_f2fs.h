// An F2FS volume made of a few structures, each of which can be changed before it is written. Small
// areas, 12 segments in the main one; node 3 is the root directory.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "clone/fs/f2fs/checkpoint.h"
#include "clone/fs/f2fs/checksum.h"
#include "clone/fs/f2fs/ondisk.h"
#include "clone/fs/filesystem.h"
#include "tests/support/sparse_disk.h"

namespace disktwin::fs::f2fs {

std::unique_ptr<FileSystem> open(ReaderPtr volume);

namespace test {

using disktwin::test::SparseDisk;

struct MadeF2fs {
  static constexpr std::uint32_t kSegment0 = 512;
  static constexpr std::uint32_t kCheckpoint = 512;
  static constexpr std::uint32_t kSit = kCheckpoint + 2 * 512;
  static constexpr std::uint32_t kNat = kSit + 2 * 512;
  static constexpr std::uint32_t kSsa = kNat + 4 * 512;
  static constexpr std::uint32_t kMain = kSsa + 512;
  static constexpr std::uint32_t kSegments = 12;
  static constexpr std::uint32_t kBlocks = kMain + kSegments * 512;
  static constexpr std::uint32_t kFull = 9;         // a segment of data, all of it in use
  static constexpr std::uint32_t kSparse = 10;      // one with two blocks
  static constexpr std::uint32_t kWarmNodes = 4;    // the segment of that log
  static constexpr std::uint32_t kNextNode = 3;     // the next free block in it
  static constexpr std::uint32_t kAddresses = 360;  // of blocks, in an inode

  Super super{};
  Checkpoint cp{};
  std::array<SitEntry, kSegments> sit{};
  std::map<std::uint32_t, std::uint32_t> nat;  // node, block
  std::vector<SitJournalEntry> sitJournal;
  std::vector<NatJournalEntry> natJournal;
  std::uint16_t sitJournalCount = 0;  // when not 0: what is claimed instead of the true number
  std::vector<std::byte> sitCopy;
  std::vector<std::byte> natCopy;
  std::uint64_t otherVersion = 6;
  bool sound[2] = {true, true};
  std::map<std::uint32_t, std::array<std::byte, kBlockSize>> blocks;  // written as they are

  MadeF2fs() {
    super.magic = kMagic;
    super.majorVersion = 1;
    super.logSectorSize = 9;
    super.logSectorsPerBlock = 3;
    super.logBlockSize = 12;
    super.logBlocksPerSegment = 9;
    super.segmentsPerSection = super.sectionsPerZone = 1;
    super.blockCount = kBlocks;
    super.sectionCount = super.mainSegments = kSegments;
    super.segmentCount = (kBlocks - kSegment0) / 512;
    super.checkpointSegments = super.sitSegments = 2;
    super.natSegments = 4;
    super.ssaSegments = 1;
    super.segment0 = kSegment0;
    super.checkpointStart = kCheckpoint;
    super.sitStart = kSit;
    super.natStart = kNat;
    super.ssaStart = kSsa;
    super.mainStart = kMain;
    super.rootInode = 3;
    super.nodeInode = 1;
    super.metaInode = 2;
    super.features = std::uint32_t{kSuperChecksum};
    super.checksumOffset = offsetof(Super, checksum);
    sitCopy.resize(64);
    natCopy.resize(128);
    fillMain();
    fillCheckpoint();
  }

  // A block that the table of segments calls in use; its kind is set with it.
  void mark(std::uint32_t segment, std::uint32_t block, std::uint32_t kind) {
    mark(sit[segment], block, kind);
  }
  static void mark(SitEntry& entry, std::uint32_t block, std::uint32_t kind) {
    entry.valid[block / 8] = static_cast<std::uint8_t>(entry.valid[block / 8] | 0x80U >> block % 8);
    const unsigned count = (entry.kindAndCount & 0x3FFU) + 1U;
    entry.kindAndCount = static_cast<std::uint16_t>(kind << 10 | count);
  }
  static std::uint32_t block(std::uint32_t segment, std::uint32_t offset) {
    return kMain + segment * 512 + offset;
  }
  static Extent extent(std::uint32_t first, std::uint32_t count) {
    return {std::uint64_t{first} * kBlockSize, std::uint64_t{count} * kBlockSize};
  }
  void setCopy(std::vector<std::byte>& bits, std::uint32_t index) {
    bits[index / 8] |= static_cast<std::byte>(0x80U >> index % 8);
  }
  template <typename T>
  void poke(std::uint32_t at, std::uint32_t offset, const T& value) {
    std::memcpy(blocks[at].data() + offset, &value, sizeof value);
  }

  std::shared_ptr<SparseDisk> disk() {
    const auto out = std::make_shared<SparseDisk>(extent(kBlocks, 0).offset);
    super.checksum = checksum(std::as_bytes(std::span(&super, 1)).first(offsetof(Super, checksum)));
    out->put(kSuperOffset, super);
    out->put(kBackupSuperOffset, super);
    putTables(*out);
    // The second pack is the one that counts, unless a test says otherwise.
    putPack(*out, 1, cp.version);
    putPack(*out, 0, otherVersion);
    for (const auto& [at, bytes] : blocks)
      out->put(extent(at, 0).offset, std::span<const std::byte>(bytes));
    return out;
  }
  std::unique_ptr<FileSystem> fs() { return open(disk()); }
  UsedMap used() { return fs()->used(); }

 private:
  void fillMain() {
    // The logs of data are segments 0 to 2, those of nodes 3 to 5.
    mark(0, 0, 0);
    mark(3, 0, 3);
    for (std::uint32_t i = 0; i < kNextNode; ++i) mark(kWarmNodes, i, 4);
    for (std::uint32_t i = 0; i < 512; ++i) mark(kFull, i, 2);
    mark(kSparse, 7, 1);
    mark(kSparse, 8, 1);
    mark(kSparse, 500, 1);
    nat[1] = nat[2] = 1;
    nat[3] = block(3, 0);
    for (std::uint32_t i = 0; i < kNextNode; ++i) nat[4 + i] = block(kWarmNodes, i);
  }
  void fillCheckpoint() {
    cp.version = 7;
    cp.validBlocks = 1 + 4 + 512 + 3;
    cp.validNodes = cp.validInodes = 4;
    cp.freeSegments = 4;
    for (std::uint32_t i = 0; i < 3; ++i) {
      cp.dataSegment[i] = i;
      cp.nodeSegment[i] = 3 + i;
    }
    cp.dataOffset[0] = cp.nodeOffset[0] = 1;
    cp.nodeOffset[1] = kNextNode;
    cp.flags = kUnmounted | kCompactSummaries | kCrcRecovery;
    cp.packBlocks = 6;
    cp.summaryStart = 1;
    cp.sitBitmapBytes = 64;
    cp.natBitmapBytes = 128;
    cp.checksumOffset = kBlockSize - 4;
  }

  void putTables(SparseDisk& out) const {
    const auto copyOf = [](const std::vector<std::byte>& bits, std::uint32_t index) {
      return (std::to_integer<unsigned>(bits[index / 8]) & (0x80U >> index % 8)) != 0 ? 512U : 0U;
    };
    const std::uint64_t at = extent(kSit + copyOf(sitCopy, 0), 0).offset;
    out.put(at, std::span<const std::byte>(std::as_bytes(std::span(sit))));
    for (const auto& [node, place] : nat) {
      const std::uint32_t index = node / kNatEntriesPerBlock;
      const std::uint32_t to = kNat + 2 * index - index % 512 + copyOf(natCopy, index);
      NatEntry entry{};
      entry.inode = node;
      entry.block = place;
      out.put(extent(to, 0).offset + node % kNatEntriesPerBlock * sizeof entry, entry);
    }
  }

  std::vector<std::byte> packHead(std::uint64_t version) const {
    std::vector<std::byte> bytes((1 + std::min(512U, super.checkpointPayload.value())) *
                                 kBlockSize);
    Checkpoint head = cp;
    head.version = version;
    std::memcpy(bytes.data(), &head, sizeof head);
    const bool large = (cp.flags & kLargeNatBitmap) != 0;
    std::size_t sitAt = sizeof head;
    std::size_t natAt = sitAt + sitCopy.size();
    if (large) {
      natAt = sizeof head + 4;
      sitAt = natAt + natCopy.size();
    } else if (super.checkpointPayload != 0) {
      sitAt = kBlockSize;
      natAt = sizeof head;
    }
    std::copy(sitCopy.begin(), sitCopy.end(), bytes.begin() + static_cast<long>(sitAt));
    std::copy(natCopy.begin(), natCopy.end(), bytes.begin() + static_cast<long>(natAt));
    const auto first = std::span<const std::byte>(bytes).first(kBlockSize);
    const std::uint32_t place = cp.checksumOffset;
    if (place > kBlockSize - 4) return bytes;
    const le32 sum = checksum(first.subspan(place + 4), checksum(first.first(place)));
    std::memcpy(bytes.data() + place, &sum, sizeof sum);
    return bytes;
  }

  template <typename Entry>
  static std::vector<std::byte> journal(const std::vector<Entry>& entries, std::uint16_t claimed) {
    std::vector<std::byte> bytes(kJournalSize);
    const le16 count = claimed != 0 ? claimed : static_cast<std::uint16_t>(entries.size());
    std::memcpy(bytes.data(), &count, sizeof count);
    if (!entries.empty()) {
      std::memcpy(bytes.data() + 2, entries.data(), entries.size() * sizeof(Entry));
    }
    return bytes;
  }

  void putPack(SparseDisk& out, std::uint32_t which, std::uint64_t version) const {
    const std::uint32_t start = kCheckpoint + which * 512;
    std::vector<std::byte> head = packHead(version);
    if (!sound[which]) head[100] ^= std::byte{1};
    const auto natBytes = journal(natJournal, 0);
    const auto sitBytes = journal(sitJournal, sitJournalCount);
    const std::uint64_t summary = extent(start + cp.summaryStart, 0).offset;
    const bool compact = (cp.flags & kCompactSummaries) != 0;
    out.put(summary + (compact ? 0 : kJournalInSummary), std::span<const std::byte>(natBytes));
    out.put(summary + (compact ? kJournalSize : 2 * kBlockSize + kJournalInSummary),
            std::span<const std::byte>(sitBytes));
    out.put(extent(start, 0).offset, std::span<const std::byte>(head));
    out.put(extent(start + cp.packBlocks - 1, 0).offset,
            std::span<const std::byte>(head).first(kBlockSize));
  }
};

}  // namespace test
}  // namespace disktwin::fs::f2fs
