#include "gui/window/disk_watch.h"

#include <wx/intl.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "gui/window/text.h"
#include "gui/wizard/known_disk.h"

namespace disktwin::gui {
namespace {

namespace stdfs = std::filesystem;

constexpr int kLookMilliseconds = 2000;

bool isSameDisk(const Disk& a, const Disk& b) {
  return a.path == b.path && a.serial == b.serial && a.model == b.model && a.size == b.size;
}

}  // namespace

DiskWatch::DiskWatch(Engine& engine) : engine_(engine), timer_(this) {
  Bind(wxEVT_TIMER, [this](wxTimerEvent&) {
    if (!asking_ && signature() != seen_) ask(false);
  });
}

void DiskWatch::watch(std::function<void()> changed) {
  changed_ = std::move(changed);
  if (!asking_) ask(false);
  timer_.Start(kLookMilliseconds);
}

void DiskWatch::stop() {
  changed_ = nullptr;
  timer_.Stop();
}

void DiskWatch::lookInside() {
  lookInsideNext_ = asking_ != nullptr;
  if (!asking_) ask(true);
}

void DiskWatch::learn(const Disk& seen) {
  for (Disk& disk : disks_) {
    if (!isSameDisk(disk, seen)) continue;
    disk.table = seen.table;
    disk.partitions = seen.partitions;
    disk.systems = seen.systems;
    disk.systemsSought = seen.systemsSought;
    disk.unreadable.clear();
  }
}

bool DiskWatch::couldSeeMore() const {
  return std::ranges::any_of(disks_, [](const Disk& disk) { return !disk.unreadable.empty(); });
}

wxString DiskWatch::note() const {
  if (isAsking()) return _("Looking for disks...");
  if (!couldSeeMore()) return {};
  return _(
      "What is on some of them is not known yet. Looking inside asks for your password, and "
      "only reads.");
}

// What changes when a disk or partition comes, goes, gets a medium, or is used.
std::string DiskWatch::signature() const {
  std::vector<std::string> lines;
  std::error_code failed;
  for (const auto& entry : stdfs::directory_iterator("/sys/class/block", failed)) {
    std::string size;
    std::getline(std::ifstream(entry.path() / "size"), size);
    lines.push_back(entry.path().filename().string() + " " + size);
  }
  std::ranges::sort(lines);
  std::ostringstream out;
  for (const std::string& line : lines) out << line << '\n';
  // Which swap there is; how much of it is in use changes all the time.
  std::ifstream swaps("/proc/swaps");
  for (std::string line; std::getline(swaps, line);) out << line.substr(0, line.find(' ')) << '\n';
  out << std::ifstream("/proc/self/mounts").rdbuf();
  return out.str();
}

void DiskWatch::ask(bool asRoot) {
  seen_ = signature();
  asking_ = engine_.ask({"list", "--systems"}, asRoot, [this, asRoot](const JobState& state) {
    if (!isOver(state.status)) return;
    // It is this object that keeps what is being called.
    const std::shared_ptr<Running> done = std::move(asking_);
    asking_ = nullptr;
    // Who does not give the rights is told nothing new by that.
    problem_ = state.status == JobStatus::Cancelled ? std::nullopt : state.failure;
    if (!state.failure) take(state.disks, asRoot);
    if (std::exchange(lookInsideNext_, false)) ask(true);
    if (changed_) changed_();
  });
}

void DiskWatch::take(std::vector<Disk> fresh, bool asRoot) {
  for (Disk& disk : fresh) {
    // There may be a system where only root can look.
    if (!asRoot && disk.systems.empty() && isPartlyUnknown(disk)) disk.systemsSought = false;
    const auto seen =
        std::ranges::find_if(disks_, [&](const Disk& before) { return isSameDisk(before, disk); });
    if (seen != disks_.end()) disk = asKnown(disk, *seen);
  }
  disks_ = std::move(fresh);
}

}  // namespace disktwin::gui
