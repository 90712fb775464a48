#include "gui/window/disk_watch.h"

#include <wx/intl.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "gui/window/text.h"

namespace disktwin::gui {
namespace {

namespace stdfs = std::filesystem;

constexpr int kLookMilliseconds = 2000;

bool isSameDisk(const Disk& a, const Disk& b) {
  return a.path == b.path && a.serial == b.serial && a.model == b.model && a.size == b.size;
}

// Who may not look into a disk still knows who uses it: what was seen inside before, with the uses
// of now.
Disk merged(const Disk& fresh, const Disk& seen) {
  Disk out = seen;
  for (Partition& part : out.partitions) {
    const auto now = std::ranges::find(fresh.partitions, part.number, &Partition::number);
    if (now == fresh.partitions.end() || now->offset != part.offset || now->size != part.size) {
      return fresh;  // it has another table now
    }
    part.mountedAt = now->mountedAt;
    part.isWritten = now->isWritten;
    part.usedBy = now->usedBy;
  }
  return out;
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
  for (const char* uses : {"/proc/self/mounts", "/proc/swaps"}) {
    // An empty one would end all that is written behind it.
    std::ostringstream text;
    text << std::ifstream(uses).rdbuf();
    out << text.str();
  }
  return out.str();
}

void DiskWatch::ask(bool asRoot) {
  seen_ = signature();
  asking_ = engine_.ask({"list", "--systems"}, asRoot, [this](const JobState& state) {
    if (!isOver(state.status)) return;
    // It is this object that keeps what is being called.
    const std::shared_ptr<Running> done = std::move(asking_);
    asking_ = nullptr;
    problem_ = state.failure;
    if (!state.failure) take(state.disks);
    if (std::exchange(lookInsideNext_, false)) ask(true);
    if (changed_) changed_();
  });
}

void DiskWatch::take(const std::vector<Disk>& fresh) {
  std::vector<Disk> out;
  for (const Disk& disk : fresh) {
    const auto seen =
        std::ranges::find_if(disks_, [&](const Disk& before) { return isSameDisk(before, disk); });
    const bool knewMore =
        !disk.unreadable.empty() && seen != disks_.end() && seen->unreadable.empty();
    out.push_back(knewMore ? merged(disk, *seen) : disk);
  }
  disks_ = std::move(out);
}

}  // namespace disktwin::gui
