#include "clone/fs/ntfs/condition.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "clone/fs/ntfs/damage.h"
#include "clone/fs/ntfs/directory.h"
#include "clone/fs/ntfs/log_file.h"

namespace disktwin::fs::ntfs {

namespace {

// The header of hiberfil.sys begins with "hibr" (any case) as long as a system sleeps in it; it is
// zeroed or says "wake" once that has been woken.
bool isHibernated(const Mft& mft) {
  const auto reference = findInRoot(mft, u"hiberfil.sys");
  if (!reference) return false;
  const auto content = mft.find(recordNumber(*reference), AttributeType::Data);
  std::array<std::byte, 4> magic{};
  if (!content || content->size() < magic.size()) return false;
  if (!content->isPlain()) throw Damage{"hiberfil.sys is described as compressed or encrypted"};
  content->read(0, magic);
  return std::equal(magic.begin(), magic.end(), "hibr", [](std::byte b, char c) {
    return std::tolower(std::to_integer<unsigned char>(b)) == c;
  });
}

void considerFlags(std::uint16_t flags, Condition& out) {
  if ((flags & (kVolumeDirty | kVolumeCheckUnderway)) != 0) {
    out.state = VolumeState::Dirty;
    out.askEveryFile = true;
    out.notes.emplace_back(
        (flags & kVolumeCheckUnderway) != 0
            ? "A check (chkdsk) of this volume was interrupted; let Windows finish it."
            : "It is marked dirty: Windows will check it (chkdsk) the next time it starts.");
  }
  if ((flags & (kVolumeResizeLog | kVolumeUpgrade)) != 0) {
    out.askEveryFile = true;
    out.notes.emplace_back(
        "Windows is going to resize its journal or to upgrade it at the next start.");
  }
}

void considerLog(const LogVerdict& log, Condition& out) {
  // An emptied journal proves that nothing waits in it, but not that $Bitmap was written before the
  // volume was torn away from the Linux that emptied it.
  if (log.state != LogState::Closed) out.askEveryFile = true;
  if (log.state != LogState::Open) return;
  out.state = VolumeState::NeedsRecovery;
  out.whyWhole = log.why +
                 "; shut Windows down fully (hold Shift while choosing \"Shut down\") and "
                 "only the used part will be copied";
  out.notes.emplace_back(
      log.cached
          ? "Windows did not let go of this volume: Fast Startup, hibernation or a power cut. "
            "It can be copied as it is, but do not write to it from another system."
          : "Its journal has not been replayed; Windows does so the next time it starts.");
}

void considerHibernation(Condition& out) {
  out.state = VolumeState::Hibernated;
  out.askEveryFile = true;
  out.whyWhole =
      "Windows sleeps on it (hiberfil.sys) and may know of changes that are not on the disk yet; "
      "shut "
      "Windows down fully (hold Shift while choosing \"Shut down\") and only the used part will be "
      "copied";
  out.notes.emplace_back(
      "Windows is hibernated on this volume; with Fast Startup switched on every shutdown is such "
      "a "
      "hibernation. Never write to it from another system, and do not let the original and the "
      "copy "
      "both wake up.");
}

}  // namespace

Condition examine(const Mft& mft, std::uint16_t volumeFlags) {
  Condition out;
  considerFlags(volumeFlags, out);
  considerLog(judgeLog(mft.get(kLogFileRecord, AttributeType::Data)), out);
  if (isHibernated(mft)) considerHibernation(out);
  return out;
}

}  // namespace disktwin::fs::ntfs
