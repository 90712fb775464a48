#include "clone/fs/ntfs/log_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "clone/fs/ntfs/damage.h"

namespace disktwin::fs::ntfs {

namespace {

constexpr std::uint32_t kLargestPage = 64 * 1024;

struct Restart {
  std::uint64_t lsn;
  std::uint16_t major;
  std::uint16_t minor;
  bool closed;
};

std::uint64_t pageSizeAt(std::span<const std::byte> log) {
  const std::uint64_t size = structAt<RestartPage>(log, 0).systemPageSize;
  const bool valid = std::has_single_bit(size) && size >= kFixupStride && 2 * size <= log.size();
  return valid ? size : 0;
}

// Linux-NTFS documentation, "$LogFile", restart page and restart area. "CHKD" pages are those that
// chkdsk has dealt with; their area means the same.
std::optional<Restart> restartAt(std::span<std::byte> page) {
  const bool checked = hasMagic(page, "CHKD");
  if (!checked && !hasMagic(page, "RSTR")) return std::nullopt;
  try {
    undoFixups(page, "a restart page");
  } catch (const Damage&) {
    return std::nullopt;
  }
  const auto head = structAt<RestartPage>(page, 0);
  if (head.areaOffset < sizeof head || head.areaOffset % 8 != 0 ||
      !extentFits(head.areaOffset, sizeof(RestartArea), page.size())) {
    return std::nullopt;
  }
  const auto area = structAt<RestartArea>(page, head.areaOffset);
  Restart out{};
  out.lsn = area.currentLsn;
  if (checked) out.lsn = std::max(out.lsn, head.checkLsn.value());
  out.major = head.majorVersion;
  out.minor = head.minorVersion;
  out.closed = area.clientsInUse == kNoClient || (area.flags & kLogVolumeIsClean) != 0;
  return out;
}

// Flags may change without a new LSN: of two pages of the same age the one that is open counts.
const Restart& newer(const Restart& a, const Restart& b) {
  if (a.lsn != b.lsn) return a.lsn > b.lsn ? a : b;
  return a.closed && a.major == 1 ? b : a;
}

LogVerdict judge(const Restart& restart) {
  // Windows 8 and later write version 2.0 while the volume is in use and turn it into 1.1 when they
  // let go of it. A 2.0 that was left behind means that they did not.
  if (restart.major != 1) {
    return {
        LogState::Open, true,
        fmt::format("its journal is in the format {}.{} that Windows uses while it holds a volume "
                    "(Fast Startup, hibernation or a power cut)",
                    restart.major, restart.minor)};
  }
  if (!restart.closed) {
    return {LogState::Open, false,
            "its journal was not closed: changes are waiting in it that are not in $Bitmap yet"};
  }
  return {LogState::Closed, false, {}};
}

}  // namespace

LogVerdict judgeLog(const Stream& log) {
  std::vector<std::byte> head(
      static_cast<std::size_t>(std::min<std::uint64_t>(log.size(), 2 * kLargestPage)));
  log.read(0, head);
  if (head.size() < sizeof(RestartPage)) throw Damage{"$LogFile is empty"};
  if (std::all_of(head.begin(), head.end(), [](std::byte b) { return b == std::byte{0xFF}; })) {
    return {LogState::Emptied, false, {}};
  }
  // There are two restart pages, written one after the other; the newer one counts. With one of
  // them damaged nobody knows which one was newer.
  const std::uint64_t size = pageSizeAt(head);
  if (size != 0) {
    const auto page = static_cast<std::size_t>(size);
    const auto first = restartAt(std::span(head).first(page));
    const auto second = restartAt(std::span(head).subspan(page, page));
    if (first && second) return judge(newer(*first, *second));
  }
  return {LogState::Open, false, "its journal ($LogFile) has no two valid restart pages"};
}

}  // namespace disktwin::fs::ntfs
