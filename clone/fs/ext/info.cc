#include "clone/fs/ext/info.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <limits>

#include "clone/fs/ext/features.h"
#include "clone/fs/ext/geometry.h"
#include "clone/io/uuid.h"
#include "platform/printable.h"

namespace disktwin::fs::ext {
namespace {

// The format does not say how text is encoded; it nearly always is UTF-8.
template <std::size_t N>
std::string text(const char (&field)[N]) {
  return printable({field, static_cast<std::size_t>(std::find(field, field + N, '\0') - field)});
}

// A product that saturates: the numbers come from disk.
std::uint64_t times(std::uint64_t count, std::uint64_t unit) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  return unit != 0 && count > kMost / unit ? kMost : count * unit;
}

std::string dateText(std::uint8_t high, std::uint32_t low) {
  const auto seconds = static_cast<std::time_t>(std::uint64_t{high} << 32 | low);
  std::tm broken{};
  if (seconds == 0 || gmtime_r(&seconds, &broken) == nullptr) return "an unknown date";
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", broken);
}

VolumeState stateOf(const Super& super) {
  if ((super.incompat & kJournalDevice) != 0) return VolumeState::Unknown;
  if ((super.incompat & kRecover) != 0) return VolumeState::NeedsRecovery;
  const bool clean = (super.state & kStateValid) != 0 && (super.state & kStateErrors) == 0;
  return clean ? VolumeState::Clean : VolumeState::Dirty;
}

void noteState(const Super& super, std::vector<std::string>& notes) {
  if ((super.incompat & kRecover) != 0) {
    notes.push_back(
        "The journal holds changes that are not yet in place, as after a crash or while mounted;"
        " they are copied as they are and take effect when the copy is first mounted.");
  } else if ((super.state & kStateValid) == 0) {
    notes.push_back("The filesystem was not unmounted cleanly; e2fsck should check it.");
  }
  if ((super.state & kStateErrors) != 0) {
    notes.push_back("The filesystem has recorded errors in itself; e2fsck should check it.");
  }
  if (super.errorCount != 0) {
    const std::string where = text(super.lastErrorFunction);
    notes.push_back(fmt::format("{} errors have been recorded, the last on {}{}.",
                                super.errorCount.value(),
                                dateText(super.lastErrorTimeHi, super.lastErrorTime),
                                where.empty() ? "" : fmt::format(" (in {})", where)));
  }
  if (!superChecksumFits(super)) notes.push_back("The checksum of the superblock is wrong.");
}

void noteJournal(const Super& super, std::vector<std::string>& notes) {
  if ((super.compat & kHasJournal) == 0 || super.journalInode != 0) return;
  const std::string uuid = uuidTextIfAny(super.journalUuid);
  notes.push_back(
      fmt::format("Its journal is on another device{}: the filesystem cannot be mounted without it,"
                  " so copy that one as well.",
                  uuid.empty() ? "" : fmt::format(" (UUID {})", uuid)));
}

// "Multiple Mount Protection".
void noteMmp(const BlockReader& reader, const Super& super, std::vector<std::string>& notes) {
  const std::uint64_t offset = times(super.mmpBlock, blockSizeOf(super));
  if ((super.incompat & kMmp) == 0 || offset == 0) return;
  if (!extentFits(offset, sizeof(Mmp), reader.size())) return;
  const Mmp mmp = readStruct<Mmp>(reader, offset);
  if (mmp.magic != kMmpMagic || mmp.sequence == kMmpClean) return;
  const std::string host = text(mmp.nodeName);
  notes.push_back(
      fmt::format("Multiple mount protection says that it is mounted{}; if that is not so, the copy"
                  " may have to be freed with `tune2fs -f -E clear_mmp` before it can be mounted.",
                  host.empty() ? "" : fmt::format(" on {}", host)));
}

void noteSize(const BlockReader& reader, const VolumeInfo& info, std::vector<std::string>& notes) {
  if (info.size <= reader.size()) return;
  notes.push_back(
      fmt::format("The filesystem claims {} bytes, but the volume has only {}: a part of it is"
                  " missing.",
                  info.size, reader.size()));
}

}  // namespace

VolumeInfo describe(const BlockReader& reader, const Super& super) {
  VolumeInfo info;
  info.type = typeName(super);
  info.label = text(super.label);
  info.uuid = uuidTextIfAny(super.uuid);
  const bool clusters = (super.roCompat & kBigalloc) != 0 && super.logClusterSize <= 20;
  const std::uint32_t block = blockSizeOf(super);
  info.blockSize = clusters ? std::max(block, 1024U << super.logClusterSize) : block;
  const std::uint64_t blocks = blocksCount(super);
  info.size = times(blocks, block);
  info.used = times(blocks - std::min(blocks, freeBlocks(super)), block);
  info.state = stateOf(super);
  if ((super.incompat & kJournalDevice) != 0) {
    info.used = info.size;
    info.notes.push_back(
        "This is the journal of an ext3 or ext4 filesystem on another device; the two belong"
        " together.");
  } else {
    noteState(super, info.notes);
    noteJournal(super, info.notes);
    noteMmp(reader, super, info.notes);
  }
  noteSize(reader, info, info.notes);
  return info;
}

}  // namespace disktwin::fs::ext
