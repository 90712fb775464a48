#include "gui/wizard/model.h"

#include <algorithm>
#include <utility>

#include "gui/protocol/translate.h"
#include "gui/wizard/known_disk.h"

namespace disktwin::gui {

int levelOf(Compression compression) {
  switch (compression) {
    case Compression::Fast:
      return 1;
    case Compression::Balanced:
      return 3;
    case Compression::Small:
      break;
  }
  return 9;
}

namespace {

// Whether what was planned for the one holds for the other.
bool isSameAsBefore(const std::optional<Disk>& now, const std::optional<Disk>& before) {
  return now && before && now->stableName() == before->stableName() && now->path == before->path &&
         now->serial == before->serial && now->size == before->size && now->isNew == before->isNew;
}

std::string numbersText(const std::set<std::uint32_t>& numbers) {
  std::string out;
  for (const std::uint32_t number : numbers)
    out += (out.empty() ? "" : ",") + std::to_string(number);
  return out;
}

}  // namespace

void Wizard::setSource(std::optional<Disk> disk) {
  const bool isSame = isSameAsBefore(disk, source_);
  source_ = std::move(disk);
  if (isSame) return;
  plan_ = {};
  system_ = 0;
  fit_ = "auto";
  choices_.partitions.clear();
  choices_.forceMountedSource = false;
}

void Wizard::setTarget(std::optional<Disk> disk) {
  const bool isSame = isSameAsBefore(disk, target_);
  target_ = std::move(disk);
  if (isSame) return;
  plan_ = {};
  fit_ = "auto";
}

void Wizard::setImagePath(std::string path) {
  if (path == imagePath_) return;
  imagePath_ = std::move(path);
  plan_ = {};
}

void Wizard::setSystem(std::uint32_t number) {
  if (number == system_) return;
  system_ = number;
  plan_ = {};
  fit_ = "auto";
}

void Wizard::setFit(std::string option) {
  if (option == fit_) return;
  fit_ = std::move(option);
  plan_.id.clear();
}

void Wizard::setPartitions(std::set<std::uint32_t> numbers) {
  if (numbers == choices_.partitions) return;
  choices_.partitions = std::move(numbers);
  fit_ = "auto";  // sizes were chosen for others
  plan_.id.clear();
}

std::string Wizard::fitKey() const {
  std::string out = std::to_string(static_cast<int>(task_)) + "\n" + std::to_string(system_) +
                    "\n" + numbersText(choices_.partitions) + (choices_.allSectors ? "\nall" : "");
  for (const auto& disk : {source_, target_}) {
    if (disk) out += "\n" + disk->stableName() + "\n" + disk->serial + std::to_string(disk->size);
  }
  return out;
}

std::vector<Page> Wizard::pages() const {
  switch (task_) {
    case Task::Clone:
    case Task::MoveSystem:
    case Task::Restore:
      // Sizes come behind the options: which partitions there are to be is one of those.
      return {Page::Source, Page::Target, Page::Options, Page::Fit, Page::Summary, Page::Progress};
    case Task::Save:
      return {Page::Source, Page::Image, Page::Options, Page::Summary, Page::Progress};
    case Task::LookInto:
      break;
  }
  return {Page::Source, Page::Browse};
}

std::optional<Page> Wizard::after(Page page) const {
  const std::vector<Page> all = pages();
  const auto here = std::ranges::find(all, page);
  if (here == all.end() || here + 1 == all.end()) return std::nullopt;
  return *(here + 1);
}

std::optional<Page> Wizard::before(Page page) const {
  const std::vector<Page> all = pages();
  const auto here = std::ranges::find(all, page);
  if (here == all.end() || here == all.begin()) return std::nullopt;
  return *(here - 1);
}

std::string Wizard::whyNotOn(Page page) const {
  switch (page) {
    case Page::Source:
      if (!source_) return tr("Choose what is to be read");
      if (const std::string why = whyNotSource(*source_); !why.empty()) return why;
      if (task_ == Task::MoveSystem && source_->systems.size() > 1 && system_ == 0) {
        return tr("Choose one of the systems");
      }
      if (!writtenAt().empty() && !choices_.forceMountedSource) {
        return tr("Say that it may be read while it is in use");
      }
      return {};
    case Page::Target:
      if (!target_) return tr("Choose what is to be overwritten");
      return whyNotTarget(*target_);
    case Page::Image:
      if (imagePath_.empty()) return tr("Choose a name for the image");
      return {};
    case Page::Options:
      if (choices_.encrypt && choices_.passphrase.empty() && choices_.parent.empty())
        return tr("Type a passphrase");
      return {};
    case Page::Summary:
      if (plan_.id.empty()) return tr("There is no plan yet");
      return {};
    case Page::Fit:
    case Page::Progress:
    case Page::Browse:
      break;
  }
  return {};
}

namespace {

// Why nothing may be written over it, or read while it is written to.
std::string inUse(const Disk& disk, bool mountsMatter) {
  std::string first;
  for (const Partition& part : disk.partitions) {
    for (const std::string& point : part.mountedAt) {
      if (point == "/") return tr("it holds the system you are running");
      if (mountsMatter && first.empty()) first = tr("in use: mounted at") + " " + point;
    }
    if (first.empty() && mountsMatter && !part.usedBy.empty()) {
      first = tr("in use:") + " " + part.usedBy.front();
    }
  }
  return first;
}

std::string gigabytes(std::uint64_t bytes) {
  if (bytes < 1'000'000'000) return std::to_string((bytes + 999'999) / 1'000'000) + " MB";
  const std::uint64_t tenths = (bytes + 99'999'999) / 100'000'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

// No copy can be smaller: what is in use, as far as that is known.
std::uint64_t leastBytes(const Disk& source) {
  std::uint64_t out = 0;
  for (const Partition& part : source.partitions) out += part.used.value_or(0);
  return out;
}

bool isSame(const Disk& a, const Disk& b) {
  return a.path == b.path || (!a.byId.empty() && a.byId == b.byId);
}

bool isDevice(const std::optional<Disk>& disk) {
  return disk && (disk->kind == DiskKind::Disk || disk->kind == DiskKind::Partition);
}

}  // namespace

std::string Wizard::whyNotSource(const Disk& disk) const {
  // Of an image that was not looked into yet, little is known.
  const bool isKnown = disk.kind != DiskKind::Image || !disk.table.empty();
  if (disk.size == 0 && isKnown) return tr("it is empty: no medium is in it");
  if (task_ == Task::Restore && disk.kind != DiskKind::Image && disk.kind != DiskKind::File) {
    return tr("it is a disk; restore starts from an image");
  }
  if (task_ == Task::MoveSystem && disk.systemsSought && disk.systems.empty()) {
    return isPartlyUnknown(disk)
               ? tr("no operating system was found on it, as far as it can be read")
               : tr("no operating system was found on it");
  }
  return {};
}

std::vector<std::string> Wizard::writtenAt() const {
  std::vector<std::string> out;
  if (!source_ || task_ == Task::Restore || task_ == Task::LookInto) return out;
  for (const Partition& part : source_->partitions) {
    if (part.isWritten) out.insert(out.end(), part.mountedAt.begin(), part.mountedAt.end());
  }
  return out;
}

std::string Wizard::whyNotTarget(const Disk& disk) const {
  if (disk.kind == DiskKind::Image) return tr("it is an image; choose a disk, or a raw file");
  if (source_ && isSame(disk, *source_)) return tr("it is what will be read");
  if (disk.isNew) return {};
  if (disk.size == 0) return tr("it is empty: no medium is in it");
  if (disk.readOnly) return tr("it is write-protected");
  if (const std::string why = inUse(disk, true); !why.empty()) return why;
  if (!source_ || task_ == Task::MoveSystem || !choices_.partitions.empty()) return {};
  const std::uint64_t least = leastBytes(*source_);
  if (least > disk.size) {
    return gigabytes(least - disk.size) + " " + tr("too small, at least");
  }
  return {};
}

namespace {

// A word that begins with a dash would be taken for an option.
std::string asWord(const std::string& path) {
  return path.starts_with('-') ? "./" + path : path;
}

}  // namespace

void Wizard::addDiskJob(std::vector<std::string>& words, Run run) const {
  if (task_ == Task::MoveSystem) {
    words.push_back("--system");
    if (system_ != 0) words.insert(words.end(), {"--os", std::to_string(system_)});
  } else if (!choices_.partitions.empty()) {
    words.insert(words.end(), {"--partitions", numbersText(choices_.partitions)});
  }
  // All sectors belong to the sizes that they have.
  const bool isFitted = !choices_.allSectors;
  if (isFitted && fit_ != "auto") words.insert(words.end(), {"--fit", fit_});
  if (choices_.allSectors && task_ == Task::Clone) words.push_back("--all-sectors");
  if (choices_.newIds) words.push_back("--new-ids");
  if (choices_.salvage && task_ == Task::Restore) words.push_back("--salvage");
  if (target_ && target_->isNew && target_->size != 0) {
    words.insert(words.end(), {"--target-size", std::to_string(target_->size)});
  }
  if (run == Run::Plan) {
    if (isFitted) words.push_back("--limits");
    return;
  }
  if (choices_.verify) words.push_back("--verify");
}

void Wizard::addCapture(std::vector<std::string>& words) const {
  if (!choices_.partitions.empty()) {
    words.insert(words.end(), {"--partitions", numbersText(choices_.partitions)});
  }
  words.insert(words.end(), {"--level", std::to_string(levelOf(choices_.compression))});
  if (choices_.encrypt) words.push_back("--encrypt");
  if (!choices_.split.empty()) words.insert(words.end(), {"--split", choices_.split});
  if (choices_.leaveOutPageFiles) words.push_back("--exclude-page-files");
  if (!choices_.parent.empty()) words.insert(words.end(), {"--parent", choices_.parent});
  if (!choices_.comment.empty()) words.insert(words.end(), {"--comment", choices_.comment});
  if (choices_.allSectors) words.push_back("--all-sectors");
  if (choices_.verify) words.push_back("--verify");
  if (choices_.resume) words.push_back("--resume");
}

std::vector<std::string> Wizard::command(Run run) const {
  if (!source_) return {};
  const std::string from = asWord(source_->stableName());
  if (task_ == Task::LookInto) return {"show", from};
  std::vector<std::string> words;
  if (task_ == Task::Save) {
    words = {"capture", from, asWord(imagePath_)};
    addCapture(words);
  } else {
    if (!target_) return {};
    words = {task_ == Task::Restore ? "restore" : "clone", from, asWord(target_->stableName())};
    addDiskJob(words, run);
  }
  if (task_ != Task::Restore && choices_.forceMountedSource) {
    words.push_back("--force-mounted-source");
  }
  if (run == Run::Plan) {
    words.push_back("--dry-run");
    return words;
  }
  if (plan_.id.empty()) return {};  // nothing starts that was not shown
  if (!choices_.limit.empty()) words.insert(words.end(), {"--limit", choices_.limit});
  if (choices_.nice) words.push_back("--nice");
  // An image replaces nothing.
  if (task_ != Task::Save) words.push_back("--yes");
  words.insert(words.end(), {"--expect", plan_.id});
  return words;
}

bool Wizard::needsRoot() const {
  return isDevice(source_) || isDevice(target_);
}

std::string Wizard::nameToType() const {
  if (task_ == Task::Save) return nameOf(imagePath_);
  const Disk& target = plan_.target;
  return target.kind == DiskKind::Disk || target.kind == DiskKind::Partition ? target.shortName()
                                                                             : nameOf(target.path);
}

std::string shellText(const std::string& program, const std::vector<std::string>& words) {
  constexpr const char* kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./=,:+@%";
  std::string out = program;
  for (const std::string& word : words) {
    out += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) {
      out += word;
      continue;
    }
    out += '\'';
    for (const char letter : word)
      out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    out += '\'';
  }
  return out;
}

}  // namespace disktwin::gui
