#include "tests/fs/xfs/made_xfs.h"

#include <algorithm>
#include <tuple>

#include "clone/fs/xfs/checksum.h"
#include "clone/io/crc32c.h"
#include "tests/support/catch.h"

namespace disktwin::fs::xfs::test {
namespace {

// Fewer than fit, so that a small volume has trees of several levels.
constexpr std::size_t kLeafRecords = 12;
constexpr std::size_t kNodeChildren = 5;

void seal(std::vector<std::byte>& bytes, std::size_t at, std::size_t length, std::size_t where) {
  const le32 sum(checksumOf(std::span(bytes).subspan(at, length), where));
  std::memcpy(bytes.data() + at + where, &sum, sizeof sum);
}

Super makeSuper(int version) {
  Super s{};
  s.magic = kSuperMagic;
  s.blockSize = MadeXfs::kBlock;
  s.blockLog = 10;
  s.sectorSize = std::uint16_t{512};
  s.sectorLog = 9;
  s.dataBlocks =
      (MadeXfs::kGroups - 1) * std::uint64_t{MadeXfs::kGroupBlocks} + MadeXfs::kLastBlocks;
  s.groupBlocks = MadeXfs::kGroupBlocks;
  s.groupBlockLog = 11;
  s.groupCount = MadeXfs::kGroups;
  for (std::size_t i = 0; i < 16; ++i) s.uuid[i] = static_cast<std::uint8_t>(0x10 + i);
  s.logStart = std::uint64_t{1} << 11 | MadeXfs::kLog.first;
  s.logBlocks = MadeXfs::kLog.count;
  s.inodesPerBlockLog = 1;
  s.rootInode = std::uint64_t{MadeXfs::kRootBlock} << 1;
  s.version = static_cast<std::uint16_t>(0xB4A0 | version);
  s.features2 = kLazyCount | kAttributes2 | kProjectId32;
  if (version == 5) {
    s.features2 = s.features2 | kChecksums;
    s.incompat = kFileType | kSparseInodes | kBigTime;
    s.roCompat = kFreeInodeTree | kReflink;
  }
  std::memcpy(s.label, "made volume", 11);
  return s;
}

}  // namespace

MadeXfs::MadeXfs(int version) : super(makeSuper(version)), free(kGroups), version_(version) {
  disk = std::make_shared<disktwin::test::MemoryDisk>(super.dataBlocks * kBlock);
  for (std::uint32_t i = 0; i < 150; ++i) free[0].push_back({300 + 4 * i, 1 + i % 3});
  free[0].push_back({1000, 200});
  free[1] = {{150, 50}, {456, 100}, {700, 400}};
  free[2] = {{500, 200}};
  write();
  writeLog(5, 1);
}

void MadeXfs::write() {
  trees.clear();
  std::uint64_t total = 0;
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    GroupFree header{};
    header.magic = kGroupFreeMagic;
    header.version = 1U;
    header.number = group;
    header.length = group + 1 < kGroups ? kGroupBlocks : kLastBlocks;
    std::uint32_t count = 0;
    std::uint32_t longest = 0;
    for (const Run& run : free[group]) {
      count += run.count;
      longest = std::max(longest, run.count);
    }
    header.freeBlocks = count;
    header.longest = longest;
    header.listCount = 4U;
    header.uuid = super.uuid;
    std::vector<Run> bySize = free[group];
    std::sort(bySize.begin(), bySize.end(), [](const Run& a, const Run& b) {
      return std::tie(a.count, a.first) < std::tie(b.count, b.first);
    });
    std::uint32_t root = 0;
    header.levels[0] = writeTree(group, 0, free[group], 10, root);
    header.roots[0] = root;
    header.levels[1] = writeTree(group, 1, bySize, 60, root);
    header.roots[1] = root;
    disk->put(headerAt(group), header);
    sealGroup(group);
    total += count + 4;
  }
  super.freeDataBlocks = total;
  sealSuper();
}

// Returns how many levels it has. Blocks of a level lie in the reverse order of their records.
std::uint32_t MadeXfs::writeTree(std::uint32_t group, std::uint32_t tree, std::vector<Run> runs,
                                 std::uint32_t from, std::uint32_t& root) {
  std::vector<std::uint32_t> below;
  for (std::uint32_t level = 0;; ++level) {
    const std::size_t most = level == 0 ? kLeafRecords : kNodeChildren;
    const std::size_t blocks = std::max<std::size_t>(1, (runs.size() + most - 1) / most);
    std::vector<Run> keys;
    std::vector<std::uint32_t> here;
    for (std::size_t b = 0; b < blocks; ++b) {
      here.push_back(from + static_cast<std::uint32_t>(blocks - 1 - b));
    }
    const std::size_t room = (kBlock - headerSize()) / (sizeof(FreeRecord) + sizeof(be32));
    for (std::size_t b = 0; b < blocks; ++b) {
      const std::size_t first = b * most;
      const std::size_t count = std::min(most, runs.size() - first);
      const std::size_t at = blockAt(group, here[b]) + headerSize();
      for (std::size_t i = 0; i < count; ++i) {
        const Run& run = runs[first + i];
        disk->put(at + i * sizeof(FreeRecord), FreeRecord{run.first, run.count});
        if (level != 0) {
          disk->put(at + room * sizeof(FreeRecord) + i * sizeof(be32), be32(below[first + i]));
        }
      }
      if (count != 0) keys.push_back(runs[first]);
      trees.push_back({group, here[b], level, tree});
      writeHeader(trees.back(), count, b == 0 ? kNoBlock : here[b - 1],
                  b + 1 == blocks ? kNoBlock : here[b + 1]);
    }
    from += static_cast<std::uint32_t>(blocks);
    if (blocks == 1) {
      root = here[0];
      return level + 1;
    }
    runs = keys;
    below = here;
  }
}

void MadeXfs::writeHeader(const TreeBlock& where, std::size_t records, std::uint32_t left,
                          std::uint32_t right) {
  const std::size_t at = blockAt(where.group, where.block);
  TreeHeader5 header{};
  header.common.magic = (version_ == 5 ? 0x41423342U : 0x41425442U) + where.tree;
  header.common.level = static_cast<std::uint16_t>(where.level);
  header.common.records = static_cast<std::uint16_t>(records);
  header.common.left = left;
  header.common.right = right;
  header.place = at / 512;
  header.uuid = super.uuid;
  header.group = where.group;
  if (version_ == 5) {
    disk->put(at, header);
    sealTree(where.group, where.block);
  } else {
    disk->put(at, header.common);
  }
}

void MadeXfs::writeLog(std::uint64_t head, std::uint32_t cycle, std::uint64_t blocks,
                       std::uint32_t bufferSize) {
  const std::uint64_t headers = (std::uint64_t{bufferSize} + kHeaderCovers - 1) / kHeaderCovers;
  const std::uint64_t length = blocks * kLogBlock;
  const std::uint64_t at = (head + kLogBlocks - headers - blocks) % kLogBlocks;
  // The present round goes up to the head; what is behind is of the one before.
  for (std::uint64_t block = 0; block < kLogBlocks; ++block) {
    std::memset(bytes().data() + logAt(block), 0xA5, kLogBlock);
    const bool present = head % kLogBlocks == 0 || block < head;
    disk->put(logAt(block), be32(present ? cycle : cycle - 1));
  }
  LogRecord record{};
  record.magic = kLogMagic;
  record.cycle = get<be32>(logAt(at)).value();
  record.version = kLogVersion2;
  record.length = static_cast<std::uint32_t>(length);
  record.sequence = std::uint64_t{record.cycle} << 32 | at;
  record.operations = 1U;
  record.format = 1U;
  record.uuid = super.uuid;
  record.bufferSize = bufferSize;
  disk->put(logAt(at), record);
  const std::size_t data = logAt(at + headers);
  LogOperation operation{};
  operation.transaction = get<be32>(data).value();
  operation.length = 8U;
  operation.client = kLogClient;
  operation.flags = kUnmountFlag;
  disk->put(data, operation);
  disk->put(data + sizeof operation, le16(kUnmountMark));
  sealRecord(at, headers, length);
}

void MadeXfs::sealRecord(std::uint64_t at, std::uint64_t headers, std::uint64_t length) {
  // "xlog_cksum": the header, so much of each further header block, then the data.
  auto record = get<LogRecord>(logAt(at));
  record.checksum = 0U;
  std::uint32_t crc = crc32c(~0U, std::as_bytes(std::span(&record, 1)));
  for (std::uint64_t i = 1; i < headers; ++i) {
    crc = crc32c(crc, std::span(bytes()).subspan(logAt(at + i), 260));
  }
  for (std::uint64_t i = 0; i < length / kLogBlock; ++i) {
    crc = crc32c(crc, std::span(bytes()).subspan(logAt(at + headers + i), kLogBlock));
  }
  record.checksum = ~crc;
  disk->put(logAt(at), record);
}

void MadeXfs::sealSuper() {
  disk->put(0, super);
  if (version_ == 5) seal(bytes(), 0, 512, offsetof(Super, checksum));
  super = get<Super>(0);
}

void MadeXfs::sealGroup(std::uint32_t group) {
  if (version_ == 5) seal(bytes(), headerAt(group), 512, offsetof(GroupFree, checksum));
}

void MadeXfs::sealTree(std::uint32_t group, std::uint32_t block) {
  if (version_ == 5) {
    seal(bytes(), blockAt(group, block), kBlock, offsetof(TreeHeader5, checksum));
  }
}

std::uint32_t MadeXfs::treeBlock(std::uint32_t group, std::uint32_t tree,
                                 std::uint32_t level) const {
  for (const TreeBlock& block : trees) {
    if (block.group == group && block.tree == tree && block.level == level) return block.block;
  }
  FAIL("no such block");
  return 0;
}

ExtentSet MadeXfs::truth() const {
  ExtentSet used{{0, disk->size()}};
  for (std::uint32_t group = 0; group < kGroups; ++group) {
    for (const Run& run : free[group]) {
      used =
          subtract(used, ExtentSet{{blockAt(group, run.first), std::uint64_t{run.count} * kBlock}});
    }
  }
  return used;
}

bool requireNeverLess(const MadeXfs& made, const ExtentSet& truth) {
  const auto fs = made.fs();
  const Extent all{0, made.disk->size()};
  if (!fs) return true;
  const UsedMap map = fs->used();
  for (const Extent& extent : fs->signatures()) REQUIRE(all.contains(extent));
  if (!map.whyWhole.empty()) {
    REQUIRE(map.extents == ExtentSet{all});
    return true;
  }
  for (const Extent& extent : map.extents) REQUIRE(all.contains(extent));
  REQUIRE(subtract(truth.clipped(all), map.extents).empty());
  return false;
}

}  // namespace disktwin::fs::xfs::test
