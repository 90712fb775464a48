#include "gui/run/library.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "gui/protocol/json_fields.h"
#include "gui/run/job_words.h"

namespace disktwin::gui {
namespace {

namespace stdfs = std::filesystem;
using nlohmann::json;

constexpr std::uintmax_t kLargestLibrary = 16U << 20;
constexpr int kNotWhole = 5;  // the exit code of a verification that found damage

ImageEntry entryFrom(const json& fields) {
  ImageEntry out;
  out.path = textOf(fields, "path");
  out.id = textOf(fields, "id");
  out.parentId = textOf(fields, "parent_id");
  out.source = textOf(fields, "source");
  out.date = textOf(fields, "date");
  out.bytes = numberOf(fields, "bytes");
  out.checked = textOf(fields, "checked");
  out.verified = textOf(fields, "verified");
  out.encrypted = flagOf(fields, "encrypted");
  out.damaged = flagOf(fields, "damaged");
  out.log = textOf(fields, "log");
  return out;
}

json toJson(const ImageEntry& entry) {
  return {{"path", entry.path},
          {"id", entry.id},
          {"parent_id", entry.parentId},
          {"source", entry.source},
          {"date", entry.date},
          {"bytes", entry.bytes},
          {"checked", entry.checked},
          {"verified", entry.verified},
          {"damaged", entry.damaged},
          {"encrypted", entry.encrypted},
          {"log", entry.log}};
}

bool foundDamage(const JobState& verification) {
  return verification.failure && verification.failure->exitCode == kNotWhole;
}

}  // namespace

std::string imageOf(const JobState& job) {
  if (!job.plan.image.empty()) return job.plan.image;
  if (job.verb != "verify") return {};
  const auto words = wordsOf(job);
  return words && words->names.size() == 1 ? words->names.front() : std::string();
}

Library::Library(std::string file) : file_(std::move(file)) {
  load();
}

void Library::load() {
  images_.clear();
  hidden_.clear();
  std::error_code failed;
  const std::uintmax_t size = stdfs::file_size(file_, failed);
  if (failed || size > kLargestLibrary) return;
  std::ifstream in(file_);
  const json all = json::parse(in, nullptr, false);
  for (const json& fields : partOf(all, "images")) {
    ImageEntry entry = entryFrom(fields);
    if (!entry.path.empty()) images_.push_back(std::move(entry));
  }
  hidden_ = textsOf(all, "hidden");
}

void Library::save() const {
  json all{{"images", json::array()}, {"hidden", hidden_}};
  for (const ImageEntry& entry : images_) all["images"].push_back(toJson(entry));
  std::string fresh = file_ + ".XXXXXX";
  const int fd = ::mkostemp(fresh.data(), O_CLOEXEC);  // for this user alone
  if (fd < 0) return;  // a list that is not kept is no reason to stop anything
  const std::string text = all.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  const bool isWritten = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  std::error_code ignored;
  if (isWritten) stdfs::rename(fresh, file_, ignored);
  if (!isWritten || ignored) stdfs::remove(fresh, ignored);
}

template <typename Change>
void Library::change(Change&& change) {
  load();
  change();
  save();
}

const ImageEntry* Library::find(const std::string& path) const {
  const auto found = std::ranges::find(images_, path, &ImageEntry::path);
  return found == images_.end() ? nullptr : &*found;
}

void Library::add(ImageEntry entry) {
  change([&] {
    const auto found = std::ranges::find(images_, entry.path, &ImageEntry::path);
    if (found == images_.end()) {
      images_.insert(images_.begin(), std::move(entry));
    } else {
      *found = std::move(entry);
    }
  });
}

void Library::forget(const std::string& path) {
  change(
      [&] { std::erase_if(images_, [&](const ImageEntry& entry) { return entry.path == path; }); });
}

void Library::hide(const std::string& events) {
  change([&] {
    // Those that are gone by now need no hiding.
    std::erase_if(hidden_, [](const std::string& path) {
      std::error_code failed;
      return !stdfs::exists(path, failed) && !failed;
    });
    hidden_.push_back(events);
  });
}

bool Library::isHidden(const std::string& events) const {
  return std::ranges::find(hidden_, events) != hidden_.end();
}

void Library::meet(const JobState& shown) {
  ImageEntry entry;
  entry.path = textOf(shown.image, "path");
  if (entry.path.empty() || find(entry.path)) return;
  entry.id = textOf(shown.image, "id");
  entry.parentId = textOf(shown.image, "parent_id");
  entry.source = diskFrom(partOf(shown.image, "source")).briefTitle();
  entry.date = textOf(shown.image, "created");
  entry.bytes = numberOf(shown.image, "file_bytes");
  entry.encrypted = flagOf(shown.image, "encrypted");
  add(std::move(entry));
}

void Library::learn(const JobState& job, const std::string& when) {
  const std::string path = imageOf(job);
  if (path.empty() || path == "-") return;
  const ImageEntry* known = find(path);
  if (job.verb == "verify") {
    const bool isDamaged = foundDamage(job);
    if (job.status != JobStatus::Done && !isDamaged) return;
    ImageEntry entry = known ? *known : ImageEntry();
    entry.path = path;
    entry.checked = when;
    entry.damaged = isDamaged;
    if (!isDamaged) entry.verified = when;
    add(std::move(entry));
    return;
  }
  if (job.status != JobStatus::Done) return;
  ImageEntry entry;
  entry.path = path;
  entry.id = textOf(job.result, "image_id");
  entry.parentId = textOf(job.result, "parent_id");
  entry.source = job.plan.source.briefTitle();
  entry.date = when;
  entry.bytes = numberOf(job.result, "image_bytes");
  if (flagOf(job.result, "verified")) entry.checked = entry.verified = when;
  entry.encrypted = std::ranges::find(job.arguments, "--encrypt") != job.arguments.end();
  entry.log = job.eventsPath;
  add(std::move(entry));
}

void Library::catchUp(const std::vector<JobEntry>& jobs,
                      const std::function<bool(const std::string& path)>& exists) {
  for (const JobEntry& job : jobs) {
    const JobState& state = job.state;
    if (!isOver(state.status)) continue;
    const ImageEntry* known = find(imageOf(state));
    const bool isNews = state.verb == "verify" ? known && known->checked < state.began
                                               : state.status == JobStatus::Done &&
                                                     (!known || known->date < state.began);
    if (isNews && exists(imageOf(state))) learn(state, state.began);
  }
}

std::vector<const ImageEntry*> Library::dependents(const std::string& id) const {
  std::vector<const ImageEntry*> out;
  std::set<std::string> wanted{id};
  if (id.empty()) return out;
  for (std::size_t before = 0; before != wanted.size();) {
    before = wanted.size();
    for (const ImageEntry& entry : images_) {
      if (entry.parentId.empty() || !wanted.contains(entry.parentId)) continue;
      if (std::ranges::find(out, &entry) != out.end()) continue;
      out.push_back(&entry);
      if (!entry.id.empty()) wanted.insert(entry.id);
    }
  }
  return out;
}

bool imageExists(const std::string& path) {
  std::error_code failed;
  return stdfs::is_regular_file(path, failed) || stdfs::is_regular_file(path + ".001", failed);
}

std::string removeFilesOf(const std::string& image) {
  std::error_code failed;
  if (stdfs::remove(image, failed)) return {};
  // What lies beside an image that is one file is none of its volumes.
  for (unsigned number = 1; !failed && number <= 999; ++number) {
    const std::string digits = std::to_string(number);
    const std::string volume = image + "." + std::string(3 - digits.size(), '0') + digits;
    if (!stdfs::remove(volume, failed)) break;
  }
  return failed ? failed.message() : std::string();
}

std::string stateFolder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  stdfs::path folder;
  if (state && state[0] == '/') {
    folder = state;
  } else {
    const char* home = std::getenv("HOME");
    const passwd* user = home ? nullptr : ::getpwuid(::getuid());
    if (user) home = user->pw_dir;
    if (!home) return {};
    folder = stdfs::path(home) / ".local/state";
  }
  std::error_code ignored;
  stdfs::create_directories(folder, ignored);
  folder /= "disktwin";
  ::mkdir(folder.c_str(), 0700);
  return folder.string();
}

}  // namespace disktwin::gui
