#include "clone/fs/ext/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "clone/fs/ext/file_blocks.h"
#include "clone/io/checksum.h"
#include "clone/io/crc32c.h"

namespace disktwin::fs::ext {
namespace {

// 48 MiB of LogImage; a log that holds more (12 GiB in blocks of 4 KiB) is not worth more memory.
constexpr std::size_t kMaxImages = 3U << 20;

[[noreturn]] void damaged(const char* what) {
  throw Unproven{fmt::format("the journal is damaged: {}", what)};
}

// The log is a ring of the blocks [first, length) of the journal file.
struct Log {
  FileBlocks file;
  std::uint32_t first = 0;
  std::uint32_t length = 0;
  std::uint32_t start = 0;
  std::uint32_t sequence = 0;
  std::uint32_t incompat = 0;

  std::uint32_t after(std::uint32_t block) const { return block + 1 < length ? block + 1 : first; }
};

// "Journal (jbd2)", "Super Block": version 2 and 3 of the checksums protect the superblock, too.
void checkSuperChecksum(std::span<const std::byte> block, std::uint32_t incompat) {
  if ((incompat & (kJournalChecksumV2 | kJournalChecksumV3)) == 0) return;
  constexpr std::size_t kSize = 1024;
  constexpr std::size_t kAt = 0xFC;
  const std::array<std::byte, sizeof(be32)> zero{};
  std::uint32_t crc = crc32c(~0U, block.first(kAt));
  crc = crc32c(crc, zero);
  crc = crc32c(crc, block.subspan(kAt + zero.size(), kSize - kAt - zero.size()));
  if (!checksumAgrees(structAt<be32>(block, kAt), crc))
    damaged("the checksum of its superblock is wrong");
}

void checkFeatures(std::uint32_t incompat, std::uint32_t roCompat) {
  constexpr std::uint32_t kKnown = kJournalRevoke | kJournal64Bit | kJournalAsyncCommit |
                                   kJournalChecksumV2 | kJournalChecksumV3 | kJournalFastCommit;
  if ((incompat & ~kKnown) != 0) {
    throw Unproven{fmt::format("the journal has the unknown features {:#x}", incompat & ~kKnown)};
  }
  if (roCompat != 0) {
    throw Unproven{fmt::format("the journal has the unknown features {:#x}", roCompat)};
  }
}

Log openLog(const Volume& volume, std::uint32_t inodeNumber) {
  Log log;
  log.file = FileBlocks::ofInode(volume, inodeNumber);
  if (log.file.count() == 0) damaged("it has no blocks");
  const auto block = volume.read({log.file.at(0), 1}, "the journal");
  const auto super = structAt<JournalSuper>(block, 0);
  const bool v2 = super.header.type == kJournalSuperV2;
  if (super.header.magic != kJournalMagic || (!v2 && super.header.type != kJournalSuperV1)) {
    damaged("its superblock is missing");
  }
  log.incompat = v2 ? super.incompat.value() : 0;
  checkFeatures(log.incompat, v2 ? super.roCompat.value() : 0);
  checkSuperChecksum(block, log.incompat);
  if (super.error != 0) {
    throw Unproven{
        "the journal has recorded an error, so the list of used blocks may be wrong;"
        " e2fsck repairs it"};
  }
  log.first = super.first;
  log.length = super.length;
  log.start = super.start;
  log.sequence = super.sequence;
  if (super.blockSize != volume.geometry.blockSize) damaged("its block size is wrong");
  if (log.length > log.file.count() || log.first == 0 || log.first >= log.length) {
    damaged("its length is wrong");
  }
  if (log.start != 0 && (log.start < log.first || log.start >= log.length)) {
    damaged("it starts outside itself");
  }
  return log;
}

// Follows the log from its start to the first block that is not the next one of it, as replaying
// does ("Journal (jbd2)", "Layout").
class LogScanner {
 public:
  LogScanner(const Volume& volume, const Log& log)
      : volume_(volume), log_(log), block_(volume.geometry.blockSize), at_(log.start) {}

  std::vector<LogImage> scan() {
    std::uint32_t sequence = log_.sequence;
    // Once around the ring is all there can be, whatever the blocks say.
    while (seen_ < log_.length) {
      volume_.read({log_.file.at(at_), 1}, block_, "the journal");
      const auto header = structAt<JournalHeader>(block_, 0);
      if (header.magic != kJournalMagic || header.sequence != sequence) break;
      step();
      if (header.type == kDescriptorBlock) {
        takeTags();
      } else if (header.type == kCommitBlock) {
        for (; committed_ < images_.size(); ++committed_) images_[committed_].setCommitted();
        ++sequence;
      } else if (header.type != kRevokeBlock) {
        break;
      }
    }
    return std::move(images_);
  }

 private:
  void step() {
    at_ = log_.after(at_);
    ++seen_;
  }

  std::size_t tagSize() const {
    if ((log_.incompat & kJournalChecksumV3) != 0) return sizeof(JournalTagV3);
    std::size_t size = sizeof(JournalTag);
    if ((log_.incompat & kJournalChecksumV2) != 0) size += sizeof(be16);
    if ((log_.incompat & kJournal64Bit) == 0) size -= sizeof(be32);
    return size;
  }

  // "Descriptor Block": a tag for each of the blocks that follow.
  void takeTags() {
    constexpr std::size_t kUuid = 16;
    const bool v3 = (log_.incompat & kJournalChecksumV3) != 0;
    const bool tail = v3 || (log_.incompat & kJournalChecksumV2) != 0;
    const std::size_t end = block_.size() - (tail ? sizeof(be32) : 0);
    std::size_t at = sizeof(JournalHeader);
    while (at + tagSize() <= end) {
      const std::uint32_t flags = takeTag(at, v3);
      at += tagSize() + ((flags & kTagSameUuid) != 0 ? 0 : kUuid);
      if ((flags & kTagLast) != 0) break;
    }
  }

  std::uint32_t takeTag(std::size_t at, bool v3) {
    // Both kinds begin with the lower half of the number; the flags of the newer are wider, but end
    // in the same place.
    std::array<std::byte, sizeof(JournalTagV3)> raw{};
    std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(at), tagSize(), raw.begin());
    const auto tag = structAt<JournalTag>(raw, 0);
    const bool wide = (log_.incompat & kJournal64Bit) != 0;
    const std::uint64_t high = wide ? tag.blockHi.value() : 0;
    const std::uint32_t flags =
        v3 ? structAt<JournalTagV3>(raw, 0).flags.value() : std::uint32_t{tag.flags};
    const std::uint64_t target = high << 32 | tag.blockLo;
    volume_.check({target, 1}, "a block that the journal is to restore");
    if (images_.size() >= kMaxImages) throw Unproven{"the journal holds very many changes"};
    images_.emplace_back(target, log_.file.at(at_), (flags & kTagEscaped) != 0);
    step();
    return flags;
  }

  const Volume& volume_;
  const Log& log_;
  std::vector<std::byte> block_;
  std::uint32_t at_;
  std::uint64_t seen_ = 0;
  std::vector<LogImage> images_;
  std::size_t committed_ = 0;
};

}  // namespace

PendingLog::PendingLog(std::vector<LogImage> images) : images_(std::move(images)) {
  std::stable_sort(images_.begin(), images_.end(),
                   [](const LogImage& a, const LogImage& b) { return a.target() < b.target(); });
}

std::span<const LogImage> PendingLog::of(std::uint64_t target) const {
  const auto first = std::lower_bound(
      images_.begin(), images_.end(), target,
      [](const LogImage& image, std::uint64_t block) { return image.target() < block; });
  auto last = first;
  while (last != images_.end() && last->target() == target) ++last;
  return {first, last};
}

void PendingLog::read(const Volume& volume, const LogImage& image, std::span<std::byte> out) {
  volume.read({image.copy(), 1}, out, "the journal");
  if (!image.escaped()) return;
  const be32 magic = kJournalMagic;
  std::memcpy(out.data(), &magic, sizeof magic);
}

PendingLog pendingLog(const Volume& volume, const Super& super) {
  if ((super.compat & kHasJournal) == 0) return {};
  if (super.journalInode == 0) {
    if ((super.incompat & kRecover) == 0) return {};
    throw Unproven{
        "its journal is on another device and holds changes that are not yet in place;"
        " mount and unmount it once, or run e2fsck"};
  }
  const Log log = openLog(volume, super.journalInode);
  if (log.start == 0) return {};
  // The area of fast commits shortens the ring, and drivers have not always agreed on how; what a
  // fast commit allocates is in no bitmap at all.
  if ((log.incompat & kJournalFastCommit) != 0) {
    throw Unproven{
        "its journal holds fast commits that are not yet in place; mount and unmount it"
        " once, or run e2fsck"};
  }
  return PendingLog(LogScanner(volume, log).scan());
}

}  // namespace disktwin::fs::ext
