#include "gui/run/library.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "gui/protocol/json_fields.h"

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
  out.verified = textOf(fields, "verified");
  out.damaged = flagOf(fields, "damaged");
  out.log = textOf(fields, "log");
  return out;
}

json toJson(const ImageEntry& entry) {
  return {{"path", entry.path},         {"id", entry.id},           {"parent_id", entry.parentId},
          {"source", entry.source},     {"date", entry.date},       {"bytes", entry.bytes},
          {"verified", entry.verified}, {"damaged", entry.damaged}, {"log", entry.log}};
}

// The image that a job was about: of `capture` and `merge` the target, of `verify` its only word.
std::string imageOf(const JobState& job) {
  if (!job.plan.image.empty()) return job.plan.image;
  if (job.verb != "verify") return {};
  for (std::size_t i = 1; i < job.arguments.size(); ++i) {
    if (!job.arguments[i].starts_with('-')) return job.arguments[i];
  }
  return {};
}

}  // namespace

Library::Library(std::string file) : file_(std::move(file)) {
  std::error_code failed;
  const std::uintmax_t size = stdfs::file_size(file_, failed);
  if (failed || size > kLargestLibrary) return;
  std::ifstream in(file_);
  const json all = json::parse(in, nullptr, false);
  for (const json& fields : partOf(all, "images")) {
    ImageEntry entry = entryFrom(fields);
    if (!entry.path.empty()) images_.push_back(std::move(entry));
  }
}

void Library::save() const {
  json all{{"images", json::array()}};
  for (const ImageEntry& entry : images_) all["images"].push_back(toJson(entry));
  const std::string fresh = file_ + ".new";
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << all.dump(1, ' ', false, json::error_handler_t::replace) << "\n";
    if (!out.flush()) return;
  }
  std::error_code ignored;  // a list that is not kept is no reason to stop anything
  stdfs::rename(fresh, file_, ignored);
}

const ImageEntry* Library::find(const std::string& path) const {
  const auto found = std::ranges::find(images_, path, &ImageEntry::path);
  return found == images_.end() ? nullptr : &*found;
}

void Library::add(ImageEntry entry) {
  const auto found = std::ranges::find(images_, entry.path, &ImageEntry::path);
  if (found == images_.end()) {
    images_.insert(images_.begin(), std::move(entry));
  } else {
    *found = std::move(entry);
  }
  save();
}

void Library::forget(const std::string& path) {
  std::erase_if(images_, [&](const ImageEntry& entry) { return entry.path == path; });
  save();
}

void Library::learn(const JobState& job, const std::string& now) {
  const std::string path = imageOf(job);
  if (path.empty() || path == "-") return;
  const ImageEntry* known = find(path);
  if (job.verb == "verify") {
    const bool isDamaged = job.failure && job.failure->exitCode == kNotWhole;
    if (job.status != JobStatus::Done && !isDamaged) return;
    ImageEntry entry = known ? *known : ImageEntry();
    entry.path = path;
    entry.damaged = isDamaged;
    if (!isDamaged) entry.verified = now;
    add(std::move(entry));
    return;
  }
  if (job.status != JobStatus::Done) return;
  ImageEntry entry;
  entry.path = path;
  entry.id = textOf(job.result, "image_id");
  entry.parentId = textOf(job.result, "parent_id");
  entry.source = job.plan.source.title();
  if (job.plan.source.kind != DiskKind::Disk) {
    entry.source.erase(0, entry.source.rfind('/') + 1);
  }
  entry.date = now;
  entry.bytes = numberOf(job.result, "image_bytes");
  if (flagOf(job.result, "verified")) entry.verified = now;
  entry.log = job.eventsPath;
  add(std::move(entry));
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

std::string stateFolder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  stdfs::path folder = state && state[0] == '/' ? stdfs::path(state)
                       : home                   ? stdfs::path(home) / ".local/state"
                                                : stdfs::path("/tmp");
  folder /= "disktwin";
  std::error_code ignored;
  stdfs::create_directories(folder, ignored);
  return folder.string();
}

std::vector<std::string> jobFolders() {
  return {"/run/disktwin/jobs", stateFolder() + "/jobs"};
}

}  // namespace disktwin::gui
