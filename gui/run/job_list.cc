#include "gui/run/job_list.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "gui/run/control.h"
#include "gui/run/library.h"

namespace disktwin::gui {
namespace {

namespace stdfs = std::filesystem;

constexpr std::string_view kSuffix = ".events";
// The start and the end of a record: what it was, and how it ended.
constexpr std::streamoff kHead = 256 << 10;
constexpr std::streamoff kTail = 256 << 10;
constexpr std::size_t kMostJobs = 500;

std::string readAt(std::ifstream& in, std::streamoff at, std::streamoff length) {
  std::string out(static_cast<std::size_t>(length), '\0');
  in.clear();
  in.seekg(at);
  in.read(out.data(), length);
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

void addLines(JobState& state, std::string_view text, bool skipFirst) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return;  // a line that is being written
    if (!skipFirst) state.addLine(std::string(text.substr(0, end)));
    skipFirst = false;
    text.remove_prefix(end + 1);
  }
}

bool readRecord(const stdfs::path& path, JobState& state) {
  std::error_code failed;
  const auto size = static_cast<std::streamoff>(stdfs::file_size(path, failed));
  std::ifstream in(path, std::ios::binary);
  if (failed || !in) return false;
  addLines(state, readAt(in, 0, std::min(size, kHead)), false);
  if (size <= kHead) return true;
  // The line that goes across the gap is cut, and left out.
  const std::streamoff tail = std::max(kHead, size - kTail);
  addLines(state, readAt(in, tail, size - tail), true);
  return true;
}

// The newest first: names begin with the time.
std::vector<stdfs::path> recordsIn(const std::vector<std::string>& folders) {
  std::vector<stdfs::path> paths;
  for (const std::string& folder : folders) {
    std::error_code failed;
    for (const auto& entry : stdfs::directory_iterator(folder, failed)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(kSuffix) && entry.is_regular_file(failed) && !entry.is_symlink(failed)) {
        paths.push_back(entry.path());
      }
    }
  }
  std::ranges::sort(paths, std::greater<>(), [](const stdfs::path& p) { return p.filename(); });
  if (paths.size() > kMostJobs) paths.resize(kMostJobs);
  return paths;
}

}  // namespace

JobList::JobList(std::vector<std::string> folders) : folders_(std::move(folders)) {}

const std::vector<JobEntry>& JobList::look() {
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < jobs_.size(); ++i) known[jobs_[i].events] = i;
  std::vector<JobEntry> jobs;
  std::vector<Stamp> stamps;
  for (const stdfs::path& path : recordsIn(folders_)) {
    std::error_code failed;
    const Stamp stamp{stdfs::file_size(path, failed), stdfs::last_write_time(path, failed)};
    const auto before = known.find(path.string());
    JobEntry entry;
    if (before != known.end() && stamps_[before->second] == stamp) {
      entry = std::move(jobs_[before->second]);
    } else {
      entry.events = path.string();
      entry.control = entry.events.substr(0, entry.events.size() - kSuffix.size()) + ".control";
      if (!readRecord(path, entry.state)) continue;
    }
    entry.isAlive = !isOver(entry.state.status) && Control(entry.control).isAlive();
    if (!entry.isAlive) entry.state.end(std::nullopt, {});
    jobs.push_back(std::move(entry));
    stamps.push_back(stamp);
  }
  jobs_ = std::move(jobs);
  stamps_ = std::move(stamps);
  return jobs_;
}

std::vector<std::string> jobFolders() {
  std::vector<std::string> out{"/run/disktwin/jobs"};
  if (const std::string own = stateFolder(); !own.empty()) out.push_back(own + "/jobs");
  return out;
}

}  // namespace disktwin::gui
