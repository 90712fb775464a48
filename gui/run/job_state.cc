#include "gui/run/job_state.h"

#include <algorithm>
#include <filesystem>

#include "gui/protocol/json_fields.h"
#include "gui/protocol/translate.h"
#include "gui/run/event_source.h"

namespace disktwin::gui {
namespace {

using nlohmann::json;

// More than a window could show; a listing of a whole disk is asked for folder by folder.
constexpr std::size_t kMostFound = 200'000;
constexpr std::size_t kMostWarnings = 1000;

constexpr int kCancelled = 130;
// What pkexec ends with.
constexpr int kDismissed = 126;
constexpr int kNotAllowed = 127;

}  // namespace

bool isOver(JobStatus status) {
  return status != JobStatus::Starting && status != JobStatus::Running &&
         status != JobStatus::Paused;
}

std::string Failure::text() const {
  return subject.empty() ? what : subject + ": " + what;
}

std::string Failure::details() const {
  std::string out = text();
  if (!hint.empty()) out += "\n" + hint;
  if (!targetSays.empty()) out += "\n" + targetSays;
  return out + "\n(" + kind + ", " + std::to_string(exitCode) + ")";
}

void JobState::addLine(const std::string& line) {
  const json fields = json::parse(line, nullptr, false);
  const std::string name = textOf(fields, "event");
  if (name.empty()) {
    if (!line.empty()) ++garbage;
    return;
  }
  if (isOver(status)) return;  // nothing comes after the end
  if (status == JobStatus::Starting) status = JobStatus::Running;
  addEvent(name, fields);
}

void JobState::addEvent(const std::string& name, const json& fields) {
  if (name == "start") addStart(fields);
  plan.add(name, fields);
  if (name == "plan") {
    for (std::string* path : {&plan.source.path, &plan.target.path, &plan.image}) {
      *path = absolute(*path);
    }
  }
  if (name == "disks") disks = disksFrom(fields);
  if (name == "disk") disk = diskFrom(fields);
  if (name == "image") {
    image = fields;
    disk = diskFrom(fields);
    disk->kind = DiskKind::Image;
    disk->path = textOf(fields, "path");
    disk->size = numberOf(fields, "disk_size");
  }
  const bool isFound = name == "entry" || name == "volume" || name == "lost" || name == "damage" ||
                       name == "difference";
  if (isFound) {
    foundIsCut = found.size() == kMostFound;
    if (!foundIsCut) found.push_back(fields);
  }
  if (name == "warning" && warnings.size() < kMostWarnings) {
    warnings.push_back(textOf(fields, "text"));
  }
  if (name == "phase" || name == "progress") {
    wantsPassphrase.reset();
    phase = textOf(fields, "phase");
    bytesTotal = numberOf(fields, "bytes_total");
    bytesDone = numberOf(fields, "bytes_done");
    if (bytesTotal != 0) bytesDone = std::min(bytesDone, bytesTotal);
    rate = numberOf(fields, "rate");
    secondsLeft.reset();
    if (fields.contains("seconds_left") && fields["seconds_left"].is_number()) {
      secondsLeft = fields["seconds_left"].get<double>();
    }
  }
  if (name == "watch") machineSeconds = numberOf(fields, "seconds");
  if (name == "verdict") verdictBecause = textOf(fields, "because");
  if (name == "paused") status = JobStatus::Paused;
  if (name == "resumed") status = JobStatus::Running;
  if (name == "need-passphrase") {
    wantsPassphrase =
        PassphraseRequest{textOf(fields, "image"), flagOf(fields, "new"),
                          std::max(1U, static_cast<unsigned>(numberOf(fields, "attempt")))};
  }
  if (name == "done") addDone(fields);
  if (name == "failed") addFailed(fields);
}

void JobState::addStart(const json& fields) {
  verb = textOf(fields, "verb");
  version = textOf(fields, "version");
  began = textOf(fields, "time");
  arguments = textsOf(fields, "arguments");
  folder = textOf(fields, "folder");
  const json& job = partOf(fields, "job");
  id = textOf(job, "id");
  eventsPath = textOf(job, "events");
  controlPath = textOf(job, "control");
}

std::string JobState::absolute(const std::string& path) const {
  if (path.empty() || path == "-" || folder.empty()) return path;
  const std::filesystem::path whole = std::filesystem::path(folder) / path;
  // What lies above a folder may lie elsewhere when that is a link.
  const bool goesUp = path.find("..") != path.npos;
  return (goesUp ? whole : whole.lexically_normal()).string();
}

void JobState::addDone(const json& fields) {
  result = fields;
  wantsPassphrase.reset();
  status = numberOf(fields, "exit_code") == 0 ? JobStatus::Done : JobStatus::DoneWithLosses;
}

void JobState::addFailed(const json& fields) {
  wantsPassphrase.reset();
  Failure out;
  out.exitCode = static_cast<int>(numberOf(fields, "exit_code"));
  out.kind = textOf(fields, "kind");
  out.subject = textOf(fields, "subject");
  out.what = textOf(fields, "what");
  out.hint = textOf(fields, "hint");
  out.targetState = textOf(fields, "target_state");
  out.targetSays = textOf(fields, "target_says");
  status = out.kind == "cancelled" ? JobStatus::Cancelled : JobStatus::Failed;
  failure = std::move(out);
}

void JobState::end(std::optional<int> exitCode, const std::string& said) {
  if (isOver(status)) return;
  const bool isSilent = status == JobStatus::Starting;
  wantsPassphrase.reset();
  Failure out;
  out.exitCode = exitCode.value_or(0);
  out.subject = "disktwin";
  out.hint = said;
  status = JobStatus::Died;
  out.kind = "died";
  if (isSilent && (exitCode == kDismissed || exitCode == kNotAllowed)) {
    status = exitCode == kDismissed ? JobStatus::Cancelled : JobStatus::Failed;
    out.kind = exitCode == kDismissed ? "cancelled" : "failed";
    out.what = exitCode == kDismissed ? tr("the rights to use disks were not given")
                                      : tr("could not be started with the rights to use disks");
  } else if (exitCode == kNotStarted) {
    status = JobStatus::Failed;
    out.kind = "failed";
    out.what = tr("could not be started");
  } else if (exitCode == kCancelled) {
    status = JobStatus::Cancelled;
    out.kind = "cancelled";
    out.what = tr("stopped on request");
  } else if (exitCode && *exitCode < 0) {
    out.what = tr("was ended by the system before it could finish");
  } else {
    out.what = tr("ended without saying how");
  }
  failure = std::move(out);
}

std::optional<double> JobState::fraction() const {
  if (status == JobStatus::Done || status == JobStatus::DoneWithLosses) return 1;
  if (bytesTotal == 0) return std::nullopt;
  return static_cast<double>(bytesDone) / static_cast<double>(bytesTotal);
}

}  // namespace disktwin::gui
